/** Reported failures through database functions. */
@NullMarked
package dev.backfill.supabase.internal.report;

import org.jspecify.annotations.NullMarked;
