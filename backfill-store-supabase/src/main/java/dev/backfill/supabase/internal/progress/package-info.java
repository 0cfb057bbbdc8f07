/** Progress, leases and the chunk commit over REST. */
@NullMarked
package dev.backfill.supabase.internal.progress;

import org.jspecify.annotations.NullMarked;
