/** Sinks whose items travel in the call that commits them. */
@NullMarked
package dev.backfill.supabase.internal.history;

import org.jspecify.annotations.NullMarked;
