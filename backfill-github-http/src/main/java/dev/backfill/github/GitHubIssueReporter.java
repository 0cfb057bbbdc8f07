package dev.backfill.github;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.write.IssueReports;
import dev.backfill.github.internal.write.Writer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reporter that opens a GitHub issue when a backfill fails. There is one issue for each
 * repository, resource and class of error, even if many processes fail at once or the database was
 * lost.
 *
 * <p>The reporter keeps the issue's count up to date. It comments at the second, fourth, eighth
 * failure and so on, at most once a day. It closes the issue with a comment when the backfill works
 * again, and reopens it if the backfill fails again within 30 days. The token needs the permission
 * Issues: write.
 *
 * <p>Its texts contain no token, mention no account, and are cut if they are long. Its own failures
 * are logged and affect nothing else. It never waits for quota.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://docs.github.com/en/rest/issues/issues#create-an-issue">GitHub: creating an
 *     issue</a>
 */
public final class GitHubIssueReporter implements FailureReporter {

  /** The default label of the issues. */
  public static final String DEFAULT_LABEL = "backfill-failure";

  /** The default minimum time between two comments. */
  public static final Duration DEFAULT_BETWEEN_COMMENTS = Duration.ofDays(1);

  /** The time after closing within which an issue is reopened. */
  public static final Duration REOPENING = Duration.ofDays(30);

  private static final Logger LOG = LoggerFactory.getLogger(GitHubIssueReporter.class);

  private final IssueReports reports;
  private final AtomicReference<@Nullable String> lastWarning = new AtomicReference<>();

  private GitHubIssueReporter(Builder builder) {
    this.reports =
        new IssueReports(
            builder.log,
            new Writer(builder.client.sharedResources().api()),
            builder.repository.toString(),
            builder.label,
            builder.runLink,
            builder.time,
            new IssueReports.Rules(builder.betweenComments, REOPENING));
  }

  /**
   * Creates a builder of a reporter.
   *
   * @param client sends the requests; the caller closes it
   * @param repository the repository with the issues, {@code owner/name}
   * @param log stores what was reported, for all processes
   * @return a builder with every default
   * @throws InvalidConfigurationException if the repository's name is not valid
   */
  public static Builder builder(GitHub client, String repository, FailureLog log) {
    return new Builder(client, repository, log);
  }

  @Override
  public void failed(FailureReport report) {
    safely("the failure of " + report.key(), () -> reports.failed(report));
  }

  @Override
  public void recovered(BackfillKey key) {
    safely("the recovery of " + key, () -> reports.recovered(key));
  }

  /** A step that calls GitHub. */
  @FunctionalInterface
  private interface IssueWork {
    void run() throws InterruptedException;
  }

  private void safely(String what, IssueWork work) {
    try {
      work.run();
      lastWarning.set(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BackfillException e) {
      String warning = String.valueOf(e.getMessage());
      if (!warning.equals(lastWarning.getAndSet(warning))) {
        LOG.warn(
            "No issue reports {} yet. The backfill itself is not affected. Cause: {}",
            what,
            warning);
      }
    }
  }

  /** A builder of a reporter. Not thread-safe. */
  public static final class Builder {

    private final GitHub client;
    private final RepositoryName repository;
    private final FailureLog log;
    private String label = DEFAULT_LABEL;
    private Duration betweenComments = DEFAULT_BETWEEN_COMMENTS;
    private TimeSource time = TimeSource.system();
    private @Nullable String runLink;

    private Builder(GitHub client, String repository, FailureLog log) {
      this.client = Objects.requireNonNull(client, "client");
      this.repository = RepositoryName.parse(repository);
      this.log = Objects.requireNonNull(log, "log");
    }

    /**
     * Sets the label of the issues, by which they are also found.
     *
     * @param name from 1 to 50 characters without a comma; default {@value #DEFAULT_LABEL}
     * @return this
     * @throws InvalidConfigurationException if the label is not valid
     */
    public Builder label(String name) {
      if (name.isBlank() || name.length() > 50 || name.contains(",")) {
        throw new InvalidConfigurationException(
            "The label is \"" + name + "\"; it must have 1 to 50 characters and no comma.");
      }
      this.label = name.strip();
      return this;
    }

    /**
     * Sets the minimum time between two comments.
     *
     * @param duration not negative; default one day
     * @return this
     * @throws InvalidConfigurationException if it is negative
     */
    public Builder betweenComments(Duration duration) {
      if (duration.isNegative()) {
        throw new InvalidConfigurationException(
            "The time between comments is " + duration + "; it must not be negative.");
      }
      this.betweenComments = duration;
      return this;
    }

    /**
     * Sets a link to the run in which this process works, for the text of issues.
     *
     * @param url an https address, or null for none, which is the default
     * @return this
     * @throws InvalidConfigurationException if it is not an https address
     */
    public Builder runLink(@Nullable String url) {
      if (url != null && !url.matches("https://[^\\s|<>()@]{1,500}")) {
        throw new InvalidConfigurationException(
            "The link to the run is not an https address. Set one such as"
                + " https://github.com/OWNER/NAME/actions/runs/1, or none.");
      }
      this.runLink = url;
      return this;
    }

    /**
     * Sets the source of the time.
     *
     * @param source default {@link TimeSource#system()}
     * @return this
     */
    public Builder timeSource(TimeSource source) {
      this.time = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Builds the reporter. Sends no request yet.
     *
     * @return the reporter
     */
    public GitHubIssueReporter build() {
      return new GitHubIssueReporter(this);
    }
  }
}
