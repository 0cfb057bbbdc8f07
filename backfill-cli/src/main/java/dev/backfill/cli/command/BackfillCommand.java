package dev.backfill.cli.command;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.cli.option.DurationConverter;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.option.Verbosity;
import dev.backfill.cli.run.Logging;
import dev.backfill.cli.text.ExitCode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command without a subcommand: prints its usage. */
@Command(
    name = "backfill",
    description =
        "Fetches the whole pull-request history of GitHub repositories into a database, a chunk at"
            + " a time, and continues where it stopped.",
    subcommands = {
      RunCommand.class,
      TrackCommand.Track.class,
      TrackCommand.Untrack.class,
      TrackCommand.Sync.class,
      TrackCommand.Reload.class,
      TrackCommand.Restart.class,
      DetectCommand.class,
      WorkerCommand.class,
      PlanCommand.class,
      StatusCommand.class,
      ExplainCommand.class,
      HistoryCommand.class,
      ExportCommand.class,
      SchemaCommand.class,
      QuarantineCommand.class,
      ControlCommand.Pause.class,
      ControlCommand.Resume.class,
      ControlCommand.Cancel.class,
      ActionsCommand.class,
      ActionsCommand.Suspend.class,
      ActionsCommand.Restore.class,
      PruneCommand.class
    },
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = BackfillCommand.Version.class,
    usageHelpAutoWidth = true,
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  GITHUB_TOKEN                 the token; GitHub allows 60 requests an hour",
      "                               without one, and 5,000 with one",
      "  GITHUB_TOKENS                more tokens, with commas between them",
      "  GITHUB_APP_ID                a GitHub App to authenticate as, with",
      "                               GITHUB_APP_PRIVATE_KEY or _PRIVATE_KEY_FILE",
      "                               (_INSTALLATION_ID if it has several)",
      "  GITHUB_API_URL               GitHub's API, if not https://api.github.com",
      "  BACKFILL_CA_FILE             a PEM file with authorities to trust in",
      "                               addition to those of the JVM",
      "  HTTPS_PROXY, NO_PROXY        the proxy, and hosts without it (also HTTP_PROXY,",
      "                               ALL_PROXY, and in lower case)",
      "  BACKFILL_JDBC_URL            the database, if not an H2 file in",
      "                               ./backfill-data",
      "  BACKFILL_JDBC_USER           the database's user",
      "  BACKFILL_JDBC_PASSWORD       the database's password",
      "  SUPABASE_DB_URL              a Supabase project's connection string, if",
      "                               BACKFILL_JDBC_URL is not set",
      "  SUPABASE_URL                 a Supabase project over its REST API, with",
      "                               SUPABASE_SERVICE_ROLE_KEY (or SUPABASE_SECRET_KEY),",
      "                               if neither is set",
      "  BACKFILL_CHUNK_SIZE          like --chunk-size",
      "  BACKFILL_INCLUDE             like --include",
      "  ENABLE_PROGRESSIVE_BACKFILL  false disables run and worker",
      "  BACKFILL_ACTIONS_REPOSITORY  OWNER/NAME whose workflow runs jobs on",
      "                               GitHub Actions (_WORKFLOW, _REF, _SHARE)",
      "  BACKFILL_ISSUE_REPOSITORY    OWNER/NAME in which failures become issues",
      "  BACKFILL_RETENTION_DAYS      days to keep records of past work, 0 for ever;",
      "                               90 by default",
      "",
      "Exit codes: 0 completed or limit reached, 1 failed,",
      "2 wrong option, argument or variable, 3 completed with quarantined items",
      "or gaps, 75 waiting for quota, 130 interrupted."
    })
public final class BackfillCommand implements Callable<Integer>, Verbosity {

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Print logs and stack traces on standard error.")
  boolean verbose;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public boolean isVerbose() {
    return verbose;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  /**
   * Builds the command with its subcommands.
   *
   * @param args the command line, for messages that contain the command that resumes
   */
  public static CommandLine commandLine(String... args) {
    BackfillCommand root = new BackfillCommand();
    CommandLine commandLine = new CommandLine(root, new CommandFactory(Invocation.of(args)));
    return commandLine
        .registerConverter(Duration.class, new DurationConverter())
        .setParameterExceptionHandler(BackfillCommand::wrongUsage)
        .setExecutionExceptionHandler((e, cmd, parsed) -> root.failed(e, cmd.getErr()))
        .setExecutionStrategy(
            parsed -> {
              Logging.configure(root.verbose);
              return new CommandLine.RunLast().execute(parsed);
            });
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    command
        .getErr()
        .printf(
            "backfill: %s%nTry: %s --help%n",
            sentence(String.valueOf(e.getMessage())), command.getCommandSpec().qualifiedName());
    UnmatchedArgumentException.printSuggestions(e, command.getErr());
    return ExitCode.USAGE.number();
  }

  private int failed(Exception e, PrintWriter err) {
    if (verbose) {
      e.printStackTrace(err);
    }
    if (e instanceof BackfillException) {
      err.println("backfill: " + e.getMessage());
    } else {
      err.printf(
          "backfill: A bug stopped the program (%s). Committed items are stored. Run it again with -v"
              + " for the details.%n",
          e.getClass().getSimpleName());
    }
    err.flush();
    return ExitCode.of(e).number();
  }

  private static String sentence(String message) {
    String line = message.strip().replaceAll("\\s+", " ");
    return line.endsWith(".") ? line : line + ".";
  }

  /** Reads the version from the manifest of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = BackfillCommand.class.getPackage().getImplementationVersion();
      return new String[] {"backfill " + Objects.requireNonNullElse(version, "development")};
    }
  }
}
