package dev.backfill.jdbc.internal.schema;

import dev.backfill.jdbc.internal.history.HistoryFunctions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The functions for calls over a Supabase project's REST API. The statements can run again; each
 * replaces the function of an older release.
 */
final class SupabaseFunctions {

  /** A query with a row in a Supabase project, and without rows elsewhere. */
  static final String IS_PROJECT =
      "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname IN ('anon', 'authenticated',"
          + " 'service_role') HAVING COUNT(*) = 3";

  /** The statement after which PostgREST knows new functions. */
  static final String RELOAD = "NOTIFY pgrst, 'reload schema';";

  /** The files in their order: a helper comes before the functions that call it. */
  private static final List<String> FILES =
      List.of("shared", "history", "progress", "jobs", "failures", "limits");

  private static final Pattern HEADER =
      Pattern.compile("CREATE OR REPLACE FUNCTION \\$\\{schema}\\$\\{prefix}(\\w+)\\(");

  /** The end of a function's body. */
  private static final Pattern END = Pattern.compile("(?<=\\$function\\$;)\\s*");

  private final SchemaStatements schema;

  SupabaseFunctions(SchemaStatements schema) {
    this.schema = schema;
  }

  /** Returns the statements that create all functions, each with its semicolon. */
  List<String> statements() {
    List<String> statements = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String file : FILES) {
      String text =
          HistoryFunctions.fill(Resource.text("supabase/functions/" + file + ".sql")).strip();
      HEADER.matcher(text).results().forEach(header -> names.add(header.group(1)));
      for (String statement : END.split(text)) {
        if (statement.contains("CREATE OR REPLACE FUNCTION")) {
          statements.add(schema.named(statement));
        }
      }
    }
    String array =
        names.stream()
            .map(name -> "'" + name + "'")
            .collect(Collectors.joining(",\n    ", "ARRAY[\n    ", "]::text[]"));
    String access = Resource.text("supabase/functions/access.sql").strip() + ";";
    statements.add(schema.named(access).replace("${functions}", array));
    return statements;
  }
}
