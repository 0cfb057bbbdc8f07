/** A deterministic simulation of whole engines over one store, and what must hold in it. */
@NullMarked
package dev.backfill.core.simulation;

import org.jspecify.annotations.NullMarked;
