/** Calls of database functions over HTTP, and the meaning of their errors. */
@NullMarked
package dev.backfill.supabase.internal.http;

import org.jspecify.annotations.NullMarked;
