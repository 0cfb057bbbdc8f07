package dev.backfill.cli.run;

import dev.backfill.api.store.Backfill;
import dev.backfill.cli.option.Include;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a manager is made of, in the order in which it is closed.
 *
 * @param database where everything is
 * @param client asks GitHub
 * @param manager what the command talks to
 */
public record ManagedParts(Database database, GitHub client, BackfillManager manager)
    implements AutoCloseable {

  /**
   * For each worker a connection that commits; one renews leases, one looks, one shares limits, one
   * is to spare.
   */
  private static final int SPARE_CONNECTIONS = 4;

  /** What else a manager gets, once there are a client and a store. */
  @FunctionalInterface
  public interface ManagerSetup {
    BackfillManager.Builder add(BackfillManager.Builder builder, GitHub client, JdbcStore store);
  }

  public static ManagedParts open(
      BackfillSettings settings,
      ReadingOptions.ReadSelection selected,
      int parallelism,
      ManagerSetup setup) {
    // What is wrong with the settings is refused before a database is opened.
    GitHubAccess.client(settings, null).close();
    Database database = Database.open(settings, parallelism + SPARE_CONNECTIONS);
    @Nullable GitHub opened = null;
    try {
      JdbcStore store = database.store();
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

  /** For commands that only ask or queue. */
  public static ManagedParts open(
      BackfillSettings settings, ReadingOptions.ReadSelection selected) {
    return open(settings, selected, 1, (builder, client, store) -> builder);
  }

  private static BackfillManager.Builder sources(
      BackfillManager.Builder builder,
      ReadingOptions.ReadSelection selected,
      GitHub client,
      JdbcStore store) {
    builder.source(
        client.pullRequests(selected.include().extras(), selected.transport()),
        store.pullRequests());
    if (selected.include().has(Include.Part.REVIEW_COMMENTS)) {
      builder.source(client.reviewComments(), store.reviewComments());
    }
    if (selected.include().has(Include.Part.ISSUE_COMMENTS)) {
      builder.source(client.issueComments(), store.issueComments());
    }
    return builder;
  }

  /**
   * The names under which targets are known, since GitHub takes them in any case.
   *
   * @param names checked names, each once
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
