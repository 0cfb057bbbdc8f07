package dev.backfill.cli;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill schema}: the definitions, for those who apply them themselves. */
@Command(
    name = "schema",
    description =
        "Prints the definitions of the tables, for those who apply them themselves. Runs do it by"
            + " themselves otherwise.",
    sortOptions = false)
final class SchemaCommand implements Callable<Integer> {

  @Option(
      names = "--supabase",
      description =
          "The migration for a Supabase project: also row-level security, grants and Realtime.")
  boolean supabase;

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      defaultValue = "postgresql",
      description = "postgresql, h2 or sqlite. Default: ${DEFAULT-VALUE}.")
  String dialect = "postgresql";

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(supabase ? SchemaScripts.supabase() : script());
    spec.commandLine().getOut().flush();
    return ExitCode.DONE.number();
  }

  private String script() {
    String product =
        switch (dialect.toLowerCase(Locale.ROOT)) {
          case "postgresql" -> "PostgreSQL";
          case "h2" -> "H2";
          case "sqlite" -> "SQLite";
          default ->
              throw new InvalidConfigurationException(
                  "The dialect is \"" + dialect + "\"; it must be postgresql, h2 or sqlite.");
        };
    return SchemaScripts.of(product, TableNames.DEFAULT);
  }
}
