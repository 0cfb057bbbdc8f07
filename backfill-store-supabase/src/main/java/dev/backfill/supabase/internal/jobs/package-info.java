/** Jobs, their events and suspensions through database functions. */
@NullMarked
package dev.backfill.supabase.internal.jobs;

import org.jspecify.annotations.NullMarked;
