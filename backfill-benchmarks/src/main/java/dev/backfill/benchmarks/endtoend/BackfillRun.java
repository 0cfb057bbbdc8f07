package dev.backfill.benchmarks.endtoend;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.jdbc.JdbcStore;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Our contestant. The property {@code transport} is the transport of all reads. The optional
 * property {@code concurrency} is the host's limit of concurrent requests, which is low by default.
 */
final class BackfillRun {

  private BackfillRun() {}

  static int run(ContestantTask task) throws InterruptedException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(task.database());
    try (HikariDataSource database = new HikariDataSource(config);
        GitHub gitHub = client(task)) {
      JdbcStore store = JdbcStore.open(database);
      store.installSchema();
      try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
        List<BackfillSpec<?>> jobs = jobs(task, gitHub, store);
        RunOptions options = new RunOptions(jobs.size(), true, Long.MAX_VALUE, null);
        List<JobResult> results = new BackfillRunner(engine).run(jobs, options);
        for (JobResult result : results) {
          if (result.outcome() != JobResult.Outcome.COMPLETED) {
            throw new IllegalStateException("a job ended with " + result);
          }
        }
        return (int) results.get(0).counts().items();
      }
    }
  }

  private static GitHub client(ContestantTask task) {
    GitHub.Builder builder = GitHub.builder().apiUrl(task.gitHub()).token(ReplayingGitHub.TOKEN);
    Integer concurrency = Integer.getInteger("concurrency");
    if (concurrency != null) {
      builder
          .detailConcurrency(concurrency)
          .graphQlConcurrency(concurrency)
          .pagesAhead(concurrency)
          .maxConcurrency(concurrency);
    }
    return builder.build();
  }

  private static List<BackfillSpec<?>> jobs(ContestantTask task, GitHub gitHub, JdbcStore store) {
    String target = task.repository();
    List<BackfillSpec<?>> jobs = new ArrayList<>();
    if (task.what() == ContestantTask.What.LIST) {
      jobs.add(new BackfillSpec<>(gitHub.pullRequests(Set.of()), target, store.pullRequests()));
      return jobs;
    }
    GitHubTransport transport = GitHubTransport.valueOf(System.getProperty("transport", "AUTO"));
    jobs.add(
        new BackfillSpec<>(
            gitHub.pullRequests(EnumSet.allOf(PullRequestExtra.class), transport),
            target,
            store.pullRequests()));
    jobs.add(new BackfillSpec<>(gitHub.reviewComments(), target, store.reviewComments()));
    jobs.add(new BackfillSpec<>(gitHub.issueComments(), target, store.issueComments()));
    return jobs;
  }
}
