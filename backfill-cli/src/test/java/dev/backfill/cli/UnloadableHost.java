package dev.backfill.cli;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.jdbc.JdbcStore;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.h2.jdbcx.JdbcConnectionPool;

/** An application with everything in it, which a container loads, runs and unloads. */
public final class UnloadableHost implements UnaryOperator<String> {

  /** Runs an engine and a manager against an API, and closes both. */
  @Override
  public String apply(String apiUrl) {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:unloadable", "sa", "");
    try {
      return run(URI.create(apiUrl), JdbcStore.open(database));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      database.dispose();
      // The driver is the application's own, as for every driver that it brings.
      org.h2.Driver.unload();
    }
  }

  private static String run(URI apiUrl, JdbcStore store) throws InterruptedException {
    store.installSchema();
    StringBuilder results = new StringBuilder();
    CountDownLatch complete = new CountDownLatch(1);
    try (GitHub github = GitHub.builder().apiUrl(apiUrl).token("t").build()) {
      var source = github.pullRequests(Set.of(PullRequestExtra.DETAILS));
      try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
        var job = new BackfillSpec<>(source, "sim/one", store.pullRequests());
        new BackfillRunner(engine)
            .run(List.of(job), RunOptions.DEFAULT)
            .forEach(result -> results.append(result.message()));
      }
      try (BackfillManager manager =
          BackfillManager.builder(store.progress(), store.jobs())
              .source(source, store.pullRequests())
              .listener(
                  event -> {
                    if (event instanceof BackfillEvent.SliceEnded ended
                        && ended.status().isCompleted()) {
                      complete.countDown();
                    }
                  })
              .build()) {
        manager.start();
        manager.track("sim/two");
        results.append(complete.await(60, TimeUnit.SECONDS));
      }
    }
    return results.toString();
  }
}
