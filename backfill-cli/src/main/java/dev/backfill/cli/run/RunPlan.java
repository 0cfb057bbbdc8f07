package dev.backfill.cli.run;

import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.Backfill;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.policy.FailureBudget;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a run.
 *
 * @param targets the repositories, each once
 * @param selection the parts to fetch of each, and the transport
 * @param options the options of the runner
 * @param settings the settings of the environment and of the options that replace them
 * @param tuning the engine's settings that differ from its defaults
 * @param dryRun true to write nothing
 */
public record RunPlan(
    List<String> targets,
    ReadingOptions.ReadSelection selection,
    RunOptions options,
    BackfillSettings settings,
    Tuning tuning,
    boolean dryRun) {

  /**
   * The engine's settings that differ from its defaults.
   *
   * @param chunkSize the size of chunks in items, or null for the policy's rule
   * @param lease the duration of a lease
   * @param budget the max items in quarantine
   */
  public record Tuning(@Nullable Integer chunkSize, Duration lease, FailureBudget budget) {

    /** The defaults. */
    public static final Tuning NONE =
        new Tuning(null, BackfillEngine.DEFAULT_LEASE, FailureBudget.ofDefaults());
  }

  /** Connections beside one per worker: one renews leases, one shares limits, one is spare. */
  private static final int SPARE_CONNECTIONS = 3;

  /**
   * Checks the values before a database is opened, by building an engine and a client that open
   * nothing.
   *
   * @throws dev.backfill.api.failure.InvalidConfigurationException if one breaks its rule
   */
  public void check() {
    engine(RunStores.nowhere(), event -> {}).close();
    try (GitHub client = client(null)) {
      selection.sources(client);
    }
  }

  RunStores open() {
    return dryRun
        ? RunStores.nowhere()
        : RunStores.database(settings, options.parallelism() + SPARE_CONNECTIONS);
  }

  public GitHub client(@Nullable SharedLimits limits) {
    return GitHubAccess.client(settings, limits);
  }

  BackfillEngine engine(RunStores destination, BackfillListener listener) {
    BackfillEngine.Builder engine =
        BackfillEngine.builder(destination.progress())
            .settings(settings)
            .lease(tuning.lease())
            .failureBudget(tuning.budget())
            .executorName("cli")
            // The command itself prints failures.
            .failureReporter(report -> {})
            .listener(listener);
    Integer size = tuning.chunkSize();
    if (size != null) {
      engine.policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(size));
    }
    return engine.build();
  }

  List<BackfillSpec<?>> jobs(GitHub client, RunStores destination) {
    List<BackfillSpec<?>> jobs = new ArrayList<>();
    List<Backfill> known = destination.progress().list();
    for (String name : targets) {
      String target = spelling(name, known);
      selection.sources(client).forEach(source -> jobs.add(job(source, target, destination)));
    }
    return jobs;
  }

  private static <T> BackfillSpec<T> job(
      PullSource<T> source, String target, RunStores destination) {
    return new BackfillSpec<>(source, target, destination.sinks().of(source));
  }

  /** Returns the name in the case of the stored target; GitHub ignores its case. */
  private static String spelling(String name, List<Backfill> known) {
    return known.stream()
        .map(backfill -> backfill.key().target())
        .filter(name::equalsIgnoreCase)
        .findFirst()
        .orElse(name);
  }
}
