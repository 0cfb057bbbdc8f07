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

/** {@code backfill schema}: the tables as a script. */
@Command(
    name = "schema",
    description =
        "Prints the script that makes the tables, for those who change a database by their own"
            + " migrations only. Opens no database; a run makes the tables by itself.",
    sortOptions = false)
final class SchemaCommand implements Callable<Integer> {

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description = "postgresql (the default), h2 or sqlite.")
  @Nullable String dialect;

  @Option(
      names = "--supabase",
      description =
          "For a Supabase project: PostgreSQL, row-level security, and progress by Realtime.")
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
          "A Supabase project is a PostgreSQL database; leave --dialect away beside --supabase.");
    }
    return SchemaScripts.supabase(TableNames.DEFAULT);
  }
}
