/**
 * A simulated Supabase project's REST API: its gateway with keys and faults, before a PostgREST or
 * before a stand-in that calls the functions of a PostgreSQL database.
 */
@NullMarked
package dev.backfill.testkit.postgrest;

import org.jspecify.annotations.NullMarked;
