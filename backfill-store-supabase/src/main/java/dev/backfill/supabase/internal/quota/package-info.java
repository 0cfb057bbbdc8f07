/** Shared limits through database functions. */
@NullMarked
package dev.backfill.supabase.internal.quota;

import org.jspecify.annotations.NullMarked;
