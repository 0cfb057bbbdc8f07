package dev.backfill.cli.run;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.Backfill;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.github.GitHub;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A manager with its parts, closed in the opposite order.
 *
 * @param database the database
 * @param client the client of GitHub
 * @param manager the manager
 */
public record ManagedParts(Database database, GitHub client, BackfillManager manager)
    implements AutoCloseable {

  /**
   * Connections beside one per worker: one renews leases, one looks for due jobs, one shares
   * limits, and one is spare.
   */
  private static final int SPARE_CONNECTIONS = 4;

  /** Further configuration of a manager with its client and store. */
  @FunctionalInterface
  public interface ManagerSetup {
    BackfillManager.Builder add(
        BackfillManager.Builder builder, GitHub client, BackfillStore store);
  }

  public static ManagedParts open(
      BackfillSettings settings,
      ReadingOptions.ReadSelection selected,
      int parallelism,
      ManagerSetup setup) {
    // Rejects wrong settings before a database is opened.
    GitHubAccess.client(settings, null).close();
    Database database = Database.open(settings, parallelism + SPARE_CONNECTIONS);
    @Nullable GitHub opened = null;
    try {
      BackfillStore store = database.store();
      GitHub client = GitHubAccess.client(settings, store.limits());
      opened = client;
      BackfillManager.Builder builder =
          sources(BackfillManager.builder(store.progress(), store.jobs()), selected, client, store)
              .settings(settings)
              .parallelism(parallelism);
      return new ManagedParts(database, client, setup.add(builder, client, store).build());
    } catch (RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      database.close();
      throw e;
    }
  }

  /** Opens the parts for commands that run no slices. */
  public static ManagedParts open(
      BackfillSettings settings, ReadingOptions.ReadSelection selected) {
    return open(settings, selected, 1, (builder, client, store) -> builder);
  }

  private static BackfillManager.Builder sources(
      BackfillManager.Builder builder,
      ReadingOptions.ReadSelection selected,
      GitHub client,
      BackfillStore store) {
    selected.sources(client).forEach(source -> add(builder, source, store));
    return builder;
  }

  private static <T> void add(
      BackfillManager.Builder builder, PullSource<T> source, BackfillStore store) {
    builder.source(source, store.sinkFor(source));
  }

  /**
   * Returns the names in the case of the stored targets; GitHub ignores their case.
   *
   * @param names valid names, each once
   */
  public List<String> spelled(List<String> names) {
    List<Backfill> known = database.store().progress().list();
    UnaryOperator<String> spelling =
        name ->
            known.stream()
                .map(backfill -> backfill.key().target())
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .orElse(name);
    return names.stream().map(spelling).toList();
  }

  @Override
  public void close() {
    try {
      manager.close();
    } finally {
      client.close();
      database.close();
    }
  }
}
