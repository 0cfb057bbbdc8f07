/** Parts that the engine, the runner and the manager share; not exported. */
@NullMarked
package dev.backfill.core.internal;

import org.jspecify.annotations.NullMarked;
