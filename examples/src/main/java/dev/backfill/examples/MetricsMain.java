package dev.backfill.examples;

import static dev.backfill.github.PullRequestExtra.DETAILS;
import static dev.backfill.github.PullRequestExtra.REVIEWS;

import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.JobStatistics;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.micrometer.BackfillMetrics;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.h2.jdbcx.JdbcConnectionPool;

/** A manager with meters: prints what Prometheus scrapes once the history is complete. */
public final class MetricsMain {

  private MetricsMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:metrics", "sa", "");
    JdbcStore store = JdbcStore.open(database).installSchema();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // A host with tracing has a handler that makes spans, beside this one.
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(registry));
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of("sim/watched", 120))
                .start();
        GitHub github = GitHub.builder().apiUrl(simulated.url()).build()) {
      // snippet: metrics
      var metrics = BackfillMetrics.builder(registry).observations(observations).build();
      var builder = BackfillManager.builder(store).source(github.pullRequests(DETAILS, REVIEWS));
      var manager = metrics.instrument(builder).build();
      metrics.bind(manager);
      // snippet end
      try (metrics) {
        try (manager) {
          manager.start();
          manager.track("sim/watched");
          while (manager.statistics().jobs().getOrDefault(JobStatistics.State.IDLE, 0L) == 0) {
            Thread.sleep(100);
          }
        }
        // The manager has delivered all its events when it is closed.
        registry
            .scrape()
            .lines()
            .filter(line -> line.startsWith("backfill_"))
            .forEach(System.out::println);
      }
    } finally {
      database.dispose();
    }
  }
}
