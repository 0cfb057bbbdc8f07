package dev.backfill.jdbc;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.jdbc.internal.dialect.DatabaseFacts;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Dialects;
import dev.backfill.jdbc.internal.history.HistorySinks;
import dev.backfill.jdbc.internal.jobs.JdbcJobStore;
import dev.backfill.jdbc.internal.progress.JdbcProgressStore;
import dev.backfill.jdbc.internal.quota.JdbcSharedLimits;
import dev.backfill.jdbc.internal.report.JdbcFailureLog;
import dev.backfill.jdbc.internal.schema.SchemaInstaller;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Progress, leases and history in one PostgreSQL, H2 or SQLite database. The store commits each
 * chunk's items and the cursor behind them in one transaction.
 *
 * <p>Safe for any number of threads and processes. The store needs a connection for each call and
 * none between calls, and keeps no session state. It works behind a transaction pooler such as
 * PgBouncer or Supabase's port 6543 (with {@code prepareThreshold=0} in the URL). The store is
 * never closed; the data source belongs to its creator.
 *
 * <p>Each call is a transaction of its own, READ COMMITTED for any default of the connection. The
 * store never joins or ends a transaction of the host. It refuses a connection that is in one, as
 * from Spring's {@code TransactionAwareDataSourceProxy}, with an {@link
 * InvalidConfigurationException}. Give the store the target data source.
 *
 * <p>A PostgreSQL database should have the encoding UTF8; for another, the store logs a warning. It
 * then stores characters that the encoding lacks as JSON escapes: a backslash, a u and four
 * hexadecimal digits for each UTF-16 unit.
 *
 * <p>An SQLite database is a file, not {@code :memory:}, which is another database on each
 * connection. Commits of all backfills, and of other writers to the file, wait for each other up to
 * {@code busy_timeout}. Readers do not wait with {@code journal_mode=WAL}: {@code
 * jdbc:sqlite:history.db?journal_mode=WAL&busy_timeout=30000}.
 */
public final class JdbcStore implements BackfillStore {

  private final SchemaInstaller installer;
  private final ProgressStore progress;
  private final JobStore jobs;
  private final FailureLog failures;
  private final SharedLimits limits;
  final HistorySinks sinks;

  private JdbcStore(Transactions transactions, Dialect dialect, String driver, Tables tables) {
    this.installer = new SchemaInstaller(transactions, dialect, tables);
    this.progress =
        new JdbcProgressStore(transactions, dialect, dialect.pipelining(driver), tables);
    this.jobs = new JdbcJobStore(transactions, tables, progress);
    this.failures = new JdbcFailureLog(transactions, tables);
    this.limits = new JdbcSharedLimits(transactions, tables);
    this.sinks = new HistorySinks(dialect, tables);
  }

  /**
   * Opens the store with the {@linkplain TableNames#DEFAULT default names}.
   *
   * @param dataSource the source of connections; a pool, except for very small loads
   * @return the store
   * @throws InvalidConfigurationException if the database is neither PostgreSQL nor H2 nor SQLite,
   *     or the connection is in a transaction of the host
   * @throws dev.backfill.api.failure.TransientFailureException if the database cannot be reached
   * @throws dev.backfill.api.failure.PermanentFailureException if it refuses the connection
   */
  public static JdbcStore open(DataSource dataSource) {
    return open(dataSource, TableNames.DEFAULT);
  }

  /**
   * Opens the store. Queries the kind of database, and changes nothing.
   *
   * @param dataSource the source of connections; a pool, except for very small loads
   * @param names the names of the tables
   * @return the store
   * @throws InvalidConfigurationException if the database is neither PostgreSQL nor H2 nor SQLite,
   *     or has no schemas and the names contain one, or the connection is in a transaction of the
   *     host
   * @throws dev.backfill.api.failure.TransientFailureException if the database cannot be reached
   * @throws dev.backfill.api.failure.PermanentFailureException if it refuses the connection
   */
  public static JdbcStore open(DataSource dataSource, TableNames names) {
    Transactions plain =
        new Transactions(Objects.requireNonNull(dataSource, "dataSource"), Dialects.ANY);
    DatabaseFacts found = plain.read("the connection", DatabaseFacts::of);
    Tables tables = SchemaScripts.tables(found.dialect(), names);
    Transactions transactions =
        plain.readCommitted(found.dialect(), found.isolation(), found.encoding());
    return new JdbcStore(transactions, found.dialect(), found.driver(), tables);
  }

  /**
   * Creates the schema and its tables, or upgrades them to this release. Idempotent, and safe to
   * run from several processes at once.
   *
   * <ul>
   *   <li>Does nothing, and needs no right to create, if they are up to date, or of a newer release
   *       that this one can work with.
   *   <li>Upgrades only add, so that nodes of the previous release continue meanwhile.
   *   <li>In a Supabase project, new tables are closed to the Internet as {@link
   *       SchemaScripts#supabase} describes; existing tables keep their rights.
   * </ul>
   *
   * @return this store
   * @throws dev.backfill.api.failure.PermanentFailureException if a newer release has upgraded the
   *     schema beyond the versions that this one works with, or the database refuses
   * @throws dev.backfill.api.failure.TransientFailureException if the database cannot be reached
   */
  public JdbcStore installSchema() {
    installer.install();
    return this;
  }

  /**
   * Checks that {@link #installSchema} would have nothing to do. Changes nothing: for a host whose
   * operators apply the statements of {@link SchemaScripts}.
   *
   * @return this store
   * @throws dev.backfill.api.failure.PermanentFailureException if tables are missing or of an older
   *     release, a newer release has upgraded the schema beyond the versions that this one works
   *     with, or the database refuses
   * @throws dev.backfill.api.failure.TransientFailureException if the database cannot be reached
   */
  public JdbcStore requireSchema() {
    installer.require();
    return this;
  }

  /**
   * Returns the store of progress and leases.
   *
   * @return always the same
   */
  @Override
  public ProgressStore progress() {
    return progress;
  }

  /**
   * Returns the store of jobs, for a manager.
   *
   * @return always the same
   */
  @Override
  public JobStore jobs() {
    return jobs;
  }

  /**
   * Returns the log of reported failures, for a failure reporter.
   *
   * @return always the same
   */
  @Override
  public FailureLog failures() {
    return failures;
  }

  /**
   * Returns the limits that clients in several processes share, by the database's clock. Until
   * {@link #installSchema} has upgraded the database, they cannot be read and clients share
   * nothing.
   *
   * @return always the same
   */
  @Override
  public SharedLimits limits() {
    return limits;
  }

  /**
   * Returns a sink for pull requests with their repositories, accounts, details and reviews. A copy
   * without details or reviews keeps the stored ones.
   *
   * @return a sink for this store's transactions
   */
  public Sink<PullRequest> pullRequests() {
    return sinks.of(HistoryTables.PULL_REQUESTS);
  }

  /**
   * Returns a sink for review comments.
   *
   * @return a sink for this store's transactions
   */
  public Sink<ReviewComment> reviewComments() {
    return sinks.of(HistoryTables.REVIEW_COMMENTS);
  }

  /**
   * Returns a sink for issue comments.
   *
   * @return a sink for this store's transactions
   */
  public Sink<IssueComment> issueComments() {
    return sinks.of(HistoryTables.ISSUE_COMMENTS);
  }

  /** Returns the sink for a type of the history model, such as {@code PullRequest.class}. */
  @Override
  public <T> Optional<Sink<T>> sink(Class<T> itemType) {
    return sinks.find(itemType);
  }
}
