/** Progress, leases and the chunk commit. */
@NullMarked
package dev.backfill.jdbc.internal.progress;

import org.jspecify.annotations.NullMarked;
