/** The chunk loop of a slice, and the tasks that it performs; not exported. */
@NullMarked
package dev.backfill.core.internal.engine;

import org.jspecify.annotations.NullMarked;
