package dev.backfill.jdbc.internal.schema;

import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.UpsertTable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The access rules of a Supabase project, where tables are open to the Internet unless row-level
 * security is on. The statements do nothing in a database without Supabase's roles, and can run
 * again.
 */
final class SupabaseAccess {

  /** The tables and views of the progress without payloads, error texts and users' names. */
  private static final List<String> READABLE_PROGRESS =
      List.of("backfill_progress", "backfill_chunks", "backfill_progress_summary");

  private final SchemaStatements schema;

  SupabaseAccess(SchemaStatements schema) {
    this.schema = schema;
  }

  /** Returns one statement that protects the tables and views of scripts. */
  String protect(List<SchemaVersion> versions) {
    return schema
        .named(Resource.text("supabase/access.sql"))
        .replace("${tables}", array(schema.tablesOf(versions)))
        .replace("${views}", array(schema.viewsOf(versions)))
        .replace("${readable}", array(readable()))
        .strip();
  }

  /** Returns one statement that lets browsers follow the progress. */
  String publish() {
    return schema.named(Resource.text("supabase/realtime.sql")).strip();
  }

  /** Returns what signed-in users may read: progress, and the whole history. */
  private static List<String> readable() {
    return Stream.concat(
            READABLE_PROGRESS.stream(), HistoryTables.tables().stream().map(UpsertTable::name))
        .toList();
  }

  private static String array(List<String> names) {
    return names.stream()
        .map(name -> "'" + name + "'")
        .collect(Collectors.joining(",\n    ", "ARRAY[\n    ", "]::text[]"));
  }
}
