package dev.backfill.cli;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A whole history as rows of text, table by table: what is stored, and what should be. */
final class HistoryRows {

  private static final Map<String, String> QUERIES =
      new TreeMap<>(
          Map.of(
              "pull requests",
              "SELECT number, github_id, title, body, state, draft, merged, author_id,"
                  + " author_login, created_at, updated_at, merged_at, closed_at, additions,"
                  + " deletions, changed_files, commits, comments, review_comments, head_ref,"
                  + " base_ref, html_url, repository_id FROM pull_requests",
              "reviews",
              "SELECT github_id, repository_id, pull_request_number, state, author_id,"
                  + " author_login, submitted_at, body, commit_id FROM pull_request_reviews",
              "review comments",
              "SELECT github_id, repository_id, pull_request_number, review_id, path, body,"
                  + " author_id, author_login, created_at, updated_at, in_reply_to_id FROM"
                  + " review_comments",
              "issue comments",
              "SELECT github_id, repository_id, issue_number, body, author_id, author_login,"
                  + " created_at, updated_at FROM issue_comments"));

  private static final Pattern MOMENT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]{15}Z");

  private static final long GHOST = 10_137;

  private HistoryRows() {}

  /** The rows of the default database of a folder. */
  static Map<String, List<String>> inDefaultDatabase(Path folder) {
    return in(DefaultDatabase.url(folder), "");
  }

  static Map<String, List<String>> in(String jdbcUrl, String user) {
    Map<String, List<String>> rows = new TreeMap<>();
    try (Connection connection = DefaultDatabase.open(jdbcUrl, user)) {
      for (Map.Entry<String, String> query : QUERIES.entrySet()) {
        rows.put(query.getKey(), rows(connection, query.getValue()));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return rows;
  }

  private static List<String> rows(Connection connection, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        Object[] row = new Object[columns];
        for (int i = 0; i < columns; i++) {
          row[i] = value(result, i + 1);
        }
        rows.add(row(row));
      }
    }
    return rows.stream().sorted().toList();
  }

  /** SQLite keeps moments as texts, and booleans as numbers. */
  private static Object value(ResultSet result, int column) throws SQLException {
    Object value = result.getObject(column);
    int type = result.getMetaData().getColumnType(column);
    if (value instanceof String text && MOMENT.matcher(text).matches()) {
      return Instant.parse(text);
    }
    if (value instanceof Integer && type == Types.BOOLEAN) {
      return result.getBoolean(column);
    }
    return value != null && (type == Types.TIMESTAMP || type == Types.TIMESTAMP_WITH_TIMEZONE)
        ? result.getObject(column, OffsetDateTime.class).toInstant()
        : value;
  }

  /** The rows that a complete run of a repository stores. */
  static Map<String, List<String>> of(SimulatedRepository repository) {
    long id = repository.repository().id();
    Map<String, List<String>> rows = new TreeMap<>();
    rows.put("pull requests", sorted(repository.pullRequests().map(each -> row(each, id))));
    rows.put("reviews", sorted(repository.reviews().map(each -> row(each, id))));
    rows.put("review comments", sorted(repository.reviewComments().map(each -> row(each, id))));
    rows.put("issue comments", sorted(repository.issueComments().map(each -> row(each, id))));
    return rows;
  }

  /**
   * The rows that a complete run stores when queries told of the pull requests: no count of
   * comments on lines, nobody for ghosts, and no text for an empty one.
   */
  static Map<String, List<String>> queried(SimulatedRepository repository) {
    long id = repository.repository().id();
    Map<String, List<String>> rows = of(repository);
    rows.put(
        "pull requests",
        sorted(repository.pullRequests().map(each -> row(HistoryRows.asQueried(each), id))));
    rows.put(
        "reviews", sorted(repository.reviews().map(each -> row(HistoryRows.asQueried(each), id))));
    return rows;
  }

  /** The pull requests that a run without details stores. */
  static List<String> listed(SimulatedRepository repository) {
    long id = repository.repository().id();
    return sorted(repository.listedPullRequests().map(each -> row(each, id)));
  }

  private static PullRequest asQueried(PullRequest pr) {
    PullRequest.Details details = pr.details();
    String body = pr.body();
    return pr.toBuilder()
        .body(body == null || body.isEmpty() ? null : body)
        .author(alive(pr.author()))
        .details(
            new PullRequest.Details(
                details.additions(),
                details.deletions(),
                details.changedFiles(),
                details.commits(),
                details.comments(),
                null,
                alive(details.mergedBy())))
        .build();
  }

  private static Review asQueried(Review review) {
    return new Review(
        review.githubId(),
        review.pullRequestNumber(),
        review.state(),
        alive(review.author()),
        review.submittedAt(),
        review.body() == null ? "" : review.body(),
        review.commitId());
  }

  private static Account alive(Account account) {
    return account == null || account.id() == GHOST ? null : account;
  }

  private static List<String> sorted(Stream<String> rows) {
    return rows.sorted().toList();
  }

  private static String row(PullRequest pr, long repository) {
    PullRequest.Details details = pr.details();
    return row(
        pr.number(),
        pr.githubId(),
        pr.title(),
        pr.body(),
        pr.open() ? "open" : "closed",
        pr.draft(),
        pr.merged(),
        id(pr.author()),
        login(pr.author()),
        pr.createdAt(),
        pr.updatedAt(),
        pr.mergedAt(),
        pr.closedAt(),
        details == null ? null : details.additions(),
        details == null ? null : details.deletions(),
        details == null ? null : details.changedFiles(),
        details == null ? null : details.commits(),
        details == null ? null : details.comments(),
        details == null ? null : details.reviewComments(),
        pr.headRef(),
        pr.baseRef(),
        pr.htmlUrl(),
        repository);
  }

  private static String row(Review review, long repository) {
    return row(
        review.githubId(),
        repository,
        review.pullRequestNumber(),
        review.state(),
        id(review.author()),
        login(review.author()),
        review.submittedAt(),
        review.body(),
        review.commitId());
  }

  private static String row(ReviewComment comment, long repository) {
    return row(
        comment.githubId(),
        repository,
        comment.pullRequestNumber(),
        comment.reviewId(),
        comment.path(),
        comment.body(),
        id(comment.author()),
        login(comment.author()),
        comment.createdAt(),
        comment.updatedAt(),
        comment.inReplyToId());
  }

  private static String row(IssueComment comment, long repository) {
    return row(
        comment.githubId(),
        repository,
        comment.issueNumber(),
        comment.body(),
        id(comment.author()),
        login(comment.author()),
        comment.createdAt(),
        comment.updatedAt());
  }

  private static Object id(Account author) {
    return author == null ? null : author.id();
  }

  private static Object login(Account author) {
    return author == null ? null : author.login();
  }

  /** Long texts only by their length and hash, so that a difference can be read. */
  private static String row(Object... values) {
    return Arrays.stream(values)
        .map(value -> value instanceof Instant instant ? instant.toString() : String.valueOf(value))
        .map(text -> text.length() <= 60 ? text : "#" + text.length() + ":" + text.hashCode())
        .collect(Collectors.joining("|"));
  }
}
