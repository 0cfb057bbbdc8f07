package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill schema}: the script that creates the tables. */
@Command(
    name = "schema",
    description =
        "Prints the script that creates the tables, for a database that is changed by migrations"
            + " only. Opens no database; run creates the tables by itself.",
    sortOptions = false)
final class SchemaCommand implements Callable<Integer> {

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description = "The database: postgresql, h2 or sqlite. Default: postgresql.")
  @Nullable String dialect;

  @Option(
      names = "--supabase",
      description = "Print the script of a Supabase project, with row-level security and Realtime.")
  boolean supabase;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(script());
    out.flush();
    return ExitCode.DONE.number();
  }

  private String script() {
    if (!supabase) {
      return SchemaScripts.create(dialect == null ? "postgresql" : dialect, TableNames.DEFAULT);
    }
    if (dialect != null && !dialect.equals("postgresql")) {
      throw new InvalidConfigurationException(
          "--dialect is %s, and --supabase needs postgresql. Nothing was printed. Omit --dialect."
              .formatted(dialect));
    }
    return SchemaScripts.supabase(TableNames.DEFAULT);
  }
}
