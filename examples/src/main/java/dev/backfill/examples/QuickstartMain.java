package dev.backfill.examples;

import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.RunOptions;
import dev.backfill.examples.support.HistoryReport;
import dev.backfill.examples.support.ProgressLines;
import dev.backfill.examples.support.StopOnShutdown;
import dev.backfill.github.GitHub;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A run that stores a whole history in an embedded database. The history is that of a simulated
 * GitHub inside this process or, with {@code -Drepo=OWNER/NAME} and {@code GITHUB_TOKEN}, of a real
 * repository. Interrupt it, run it again, and it continues from the last committed chunk.
 */
public final class QuickstartMain {

  private QuickstartMain() {}

  /**
   * Runs the quickstart.
   *
   * @param args the directory of the database; default {@code quickstart-data}
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args.length > 0 ? args[0] : "quickstart-data").toAbsolutePath();
    String real = System.getProperty("repo");
    if (real != null) {
      BackfillSettings settings = BackfillSettings.fromEnvironment();
      Path own = directory.resolve(real.replace('/', '-'));
      requireSuccess(run(real, settings.github().apiUrl().value(), settings, own, System.out));
      return;
    }
    System.out.println("A simulated GitHub: 2,500 pull requests, 1,500 requests every 20 s.");
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/quickstart", 2_500))
            .latency(Duration.ofMillis(5), Duration.ofMillis(25))
            .quota(1_500, Duration.ofSeconds(20))
            .start()) {
      run(
          "sim/quickstart",
          gitHub.url(),
          BackfillSettings.builder().build(),
          directory,
          System.out);
    }
  }

  private static void requireSuccess(List<JobResult> results) {
    if (results.stream().anyMatch(result -> result.outcome() == JobResult.Outcome.FAILED)) {
      throw new IllegalStateException(
          "The history is not complete. Stored items stay. Fix the reason above and run it again.");
    }
  }

  static List<JobResult> run(
      String repository, URI apiUrl, BackfillSettings settings, Path directory, PrintStream out)
      throws Exception {
    String address = "jdbc:h2:file:%s/backfill".formatted(directory);
    JdbcConnectionPool database =
        JdbcConnectionPool.create(address + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    BackfillSettings.Secret token = settings.github().token().value();
    try (GitHub gitHub =
            GitHub.builder().apiUrl(apiUrl).token(token == null ? null : token.reveal()).build();
        BackfillEngine engine =
            BackfillEngine.builder(store.progress())
                .settings(settings)
                .listener(new ProgressLines(out))
                .failureReporter(report -> {})
                .build();
        StopOnShutdown stop =
            new StopOnShutdown(
                engine,
                () -> out.println("Stopped after a whole chunk. Run it again to continue."))) {
      List<BackfillSpec<?>> jobs =
          List.of(
              new BackfillSpec<>(
                  gitHub.pullRequests(EnumSet.allOf(PullRequestExtra.class)),
                  repository,
                  store.pullRequests()),
              new BackfillSpec<>(gitHub.reviewComments(), repository, store.reviewComments()),
              new BackfillSpec<>(gitHub.issueComments(), repository, store.issueComments()));
      List<JobResult> results =
          new BackfillRunner(engine).run(jobs, new RunOptions(3, true, Long.MAX_VALUE, null));
      // All events are delivered by then, and the report comes last.
      engine.close();
      out.printf("%nIn the database (%s, user sa, no password):%n", address);
      HistoryReport.print(database, out);
      results.forEach(result -> out.printf("%s: %s%n", result.key(), result.message()));
      return results;
    } finally {
      database.dispose();
    }
  }
}
