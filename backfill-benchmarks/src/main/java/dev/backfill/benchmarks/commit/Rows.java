package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.benchmarks.BenchmarkDatabase;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of the history tables, as simple code would write them. */
final class Rows {

  static final List<String> ACCOUNT = List.of("id", "login", "type");

  static final List<String> REPOSITORY =
      List.of(
          "id", "full_name", "owner", "name", "is_private", "html_url", "created_at", "updated_at");

  static final List<String> PULL_REQUEST =
      List.of(
          "repository_id",
          "number",
          "github_id",
          "title",
          "body",
          "state",
          "draft",
          "merged",
          "author_id",
          "author_login",
          "created_at",
          "updated_at",
          "merged_at",
          "closed_at",
          "head_ref",
          "head_sha",
          "base_ref",
          "base_sha",
          "html_url");

  private Rows() {}

  static List<Account> accounts(List<? extends PullRequest> items) {
    return items.stream().map(item -> item.author()).filter(Objects::nonNull).distinct().toList();
  }

  static List<Repository> repositories(List<? extends PullRequest> items) {
    return items.stream().map(PullRequest::repository).distinct().toList();
  }

  static String upsertAccounts(BenchmarkDatabase.Kind database) {
    return upsert(
        database,
        "accounts",
        ACCOUNT,
        1,
        "(stored.login, stored.type) IS DISTINCT FROM (excluded.login, excluded.type)");
  }

  static String upsertRepositories(BenchmarkDatabase.Kind database) {
    return upsert(
        database, "repositories", REPOSITORY, 1, "stored.updated_at < excluded.updated_at");
  }

  static String upsertPullRequests(BenchmarkDatabase.Kind database) {
    return upsert(
        database, "pull_requests", PULL_REQUEST, 2, "stored.updated_at <= excluded.updated_at");
  }

  static void bind(PreparedStatement statement, Account account) throws SQLException {
    statement.setLong(1, account.id());
    statement.setString(2, account.login());
    statement.setString(3, account.type());
  }

  static void bind(PreparedStatement statement, Repository repository) throws SQLException {
    statement.setLong(1, repository.id());
    statement.setString(2, repository.fullName());
    statement.setString(3, repository.owner());
    statement.setString(4, repository.name());
    statement.setBoolean(5, repository.isPrivate());
    statement.setString(6, repository.htmlUrl());
    statement.setObject(7, time(repository.createdAt()));
    statement.setObject(8, time(repository.updatedAt()));
  }

  static void bind(PreparedStatement statement, PullRequest item) throws SQLException {
    bind(statement, 0, item);
  }

  static void bind(PreparedStatement statement, int offset, PullRequest item) throws SQLException {
    Account author = item.author();
    statement.setLong(offset + 1, item.repository().id());
    statement.setInt(offset + 2, item.number());
    statement.setLong(offset + 3, item.githubId());
    statement.setString(offset + 4, item.title());
    statement.setString(offset + 5, item.body());
    statement.setString(offset + 6, item.open() ? "open" : "closed");
    statement.setBoolean(offset + 7, item.draft());
    statement.setBoolean(offset + 8, item.merged());
    statement.setObject(offset + 9, author == null ? null : author.id(), Types.BIGINT);
    statement.setString(offset + 10, author == null ? null : author.login());
    statement.setObject(offset + 11, time(item.createdAt()));
    statement.setObject(offset + 12, time(item.updatedAt()));
    statement.setObject(offset + 13, time(item.mergedAt()), Types.TIMESTAMP_WITH_TIMEZONE);
    statement.setObject(offset + 14, time(item.closedAt()), Types.TIMESTAMP_WITH_TIMEZONE);
    statement.setString(offset + 15, item.headRef());
    statement.setString(offset + 16, item.headSha());
    statement.setString(offset + 17, item.baseRef());
    statement.setString(offset + 18, item.baseSha());
    statement.setString(offset + 19, item.htmlUrl());
  }

  static @Nullable Object[] values(Account account) {
    return new @Nullable Object[] {account.id(), account.login(), account.type()};
  }

  static @Nullable Object[] values(Repository repository) {
    return new @Nullable Object[] {
      repository.id(),
      repository.fullName(),
      repository.owner(),
      repository.name(),
      repository.isPrivate(),
      repository.htmlUrl(),
      repository.createdAt(),
      repository.updatedAt()
    };
  }

  static @Nullable Object[] values(PullRequest item) {
    Account author = item.author();
    return new @Nullable Object[] {
      item.repository().id(),
      item.number(),
      item.githubId(),
      item.title(),
      item.body(),
      item.open() ? "open" : "closed",
      item.draft(),
      item.merged(),
      author == null ? null : author.id(),
      author == null ? null : author.login(),
      item.createdAt(),
      item.updatedAt(),
      item.mergedAt(),
      item.closedAt(),
      item.headRef(),
      item.headSha(),
      item.baseRef(),
      item.baseSha(),
      item.htmlUrl()
    };
  }

  private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  private static String upsert(
      BenchmarkDatabase.Kind database, String table, List<String> columns, int keys, String where) {
    String names = String.join(", ", columns);
    String key = String.join(", ", columns.subList(0, keys));
    String values = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
    if (database == BenchmarkDatabase.Kind.H2) {
      return "MERGE INTO %s (%s) KEY (%s) VALUES (%s)".formatted(table, names, key, values);
    }
    return "INSERT INTO %s AS stored (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s WHERE %s"
        .formatted(
            table,
            names,
            values,
            key,
            columns.subList(keys, columns.size()).stream()
                .map(column -> column + " = excluded." + column)
                .collect(Collectors.joining(", ")),
            where);
  }
}
