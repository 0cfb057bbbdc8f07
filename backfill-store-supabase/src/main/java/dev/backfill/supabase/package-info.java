/**
 * A store in a Supabase project over HTTPS, for hosts that can open no connection to the database.
 * {@link dev.backfill.supabase.SupabaseStore} is the entry.
 */
@NullMarked
package dev.backfill.supabase;

import org.jspecify.annotations.NullMarked;
