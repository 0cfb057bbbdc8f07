package dev.backfill.jdbc.internal.schema;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The access rules of a Supabase project, where tables are open to the Internet unless row-level
 * security is on. The statements do nothing in a database without Supabase's roles, and can run
 * again.
 */
final class SupabaseAccess {

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
        .strip();
  }

  /** Returns one statement that lets browsers follow the progress. */
  String publish() {
    return schema.named(Resource.text("supabase/realtime.sql")).strip();
  }

  private static String array(List<String> names) {
    return names.stream()
        .map(name -> "'" + name + "'")
        .collect(Collectors.joining(",\n    ", "ARRAY[\n    ", "]::text[]"));
  }
}
