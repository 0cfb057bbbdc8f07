/** What the engine is made of; not exported. */
@NullMarked
package dev.backfill.core.internal;

import org.jspecify.annotations.NullMarked;
