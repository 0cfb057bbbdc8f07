package dev.backfill.benchmarks.endtoend;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.commit.HandWrittenUpserts;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHDirection;
import org.kohsuke.github.GHIssueState;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHPullRequestQueryBuilder;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GHUser;
import org.kohsuke.github.GitHub;
import org.kohsuke.github.GitHubBuilder;
import org.kohsuke.github.PagedIterator;

/**
 * The widely used client with a plain JDBC loop: a page of a hundred, one commit. Fields that would
 * need a request for each pull request of the list, such as the draft flag, are omitted.
 */
final class Hub4jRun {

  private static final int PAGE = 100;

  private Hub4jRun() {}

  static int run(ContestantTask task) throws IOException, SQLException {
    GitHub gitHub =
        new GitHubBuilder()
            .withEndpoint(task.gitHub().toString())
            .withOAuthToken(ReplayingGitHub.TOKEN)
            .build();
    try (Connection connection = DriverManager.getConnection(task.database())) {
      HandWrittenUpserts.install(connection);
      GHRepository repository = gitHub.getRepository(task.repository());
      PagedIterator<GHPullRequest> pages =
          repository
              .queryPullRequests()
              .state(GHIssueState.ALL)
              .sort(GHPullRequestQueryBuilder.Sort.CREATED)
              .direction(GHDirection.ASC)
              .pageSize(PAGE)
              .list()
              .iterator();
      int items = 0;
      try (HandWrittenUpserts upserts =
              new HandWrittenUpserts(BenchmarkDatabase.Kind.POSTGRESQL, connection);
          Hub4jConversations conversations = new Hub4jConversations(connection)) {
        while (pages.hasNext() && items < task.limit()) {
          List<GHPullRequest> page = pages.nextPage();
          page = page.subList(0, Math.min(page.size(), task.limit() - items));
          List<PullRequest> rows = new ArrayList<>();
          for (GHPullRequest item : page) {
            if (task.what() == ContestantTask.What.EVERYTHING) {
              conversations.read(repository.getId(), item);
            }
            rows.add(pullRequest(repository, item));
          }
          items += rows.size();
          upserts.write(rows, items);
        }
      }
      return items;
    }
  }

  private static PullRequest pullRequest(GHRepository repository, GHPullRequest item)
      throws IOException {
    return PullRequest.builder()
        .repository(
            new Repository(
                repository.getId(),
                repository.getFullName(),
                repository.isPrivate(),
                repository.getHtmlUrl().toString(),
                repository.getCreatedAt(),
                repository.getUpdatedAt()))
        .number(item.getNumber())
        .githubId(item.getId())
        .htmlUrl(item.getHtmlUrl().toString())
        .title(item.getTitle())
        .body(item.getBody())
        .author(account(item.getUser()))
        .open(item.getState() == GHIssueState.OPEN)
        .createdAt(item.getCreatedAt())
        .updatedAt(item.getUpdatedAt())
        .closedAt(item.getClosedAt())
        .mergedAt(item.getMergedAt())
        .headRef(item.getHead().getRef())
        .headSha(item.getHead().getSha())
        .baseRef(item.getBase().getRef())
        .baseSha(item.getBase().getSha())
        .build();
  }

  /** Returns an account without its type, which would cost a request for each account. */
  private static @Nullable Account account(@Nullable GHUser user) {
    return user == null ? null : new Account(user.getId(), user.getLogin(), "User");
  }
}
