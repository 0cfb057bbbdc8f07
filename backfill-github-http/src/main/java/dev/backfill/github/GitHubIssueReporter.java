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
 * Opens a GitHub issue when a backfill fails: one for each repository, resource and class of error,
 * however many processes fail at once, also after the database was lost. It keeps the issue's count
 * right, comments at the second, fourth, eighth failure and so on, at most once a day, closes it
 * with a comment when the backfill works again, and opens it again when that lasts less than 30
 * days. The token needs the permission Issues: write.
 *
 * <p>What it writes holds no token, pings nobody, and is cut where it is long. Its own failures are
 * logged and touch nothing else. It waits for no quota.
 *
 * <p>Safe for any number of threads.
 *
 * @see <a href="https://docs.github.com/en/rest/issues/issues#create-an-issue">GitHub: creating an
 *     issue</a>
 */
public final class GitHubIssueReporter implements FailureReporter {

  /** The label of the issues unless stated. */
  public static final String DEFAULT_LABEL = "backfill-failure";

  /** How long at least from one comment to the next unless stated. */
  public static final Duration DEFAULT_BETWEEN_COMMENTS = Duration.ofDays(1);

  /** For how long a closed issue is opened again. */
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
   * Begins to describe a reporter.
   *
   * @param client asks GitHub; stays the caller's to close
   * @param repository where the issues are, {@code owner/name}
   * @param log remembers what was told, for all processes
   * @return a builder with every default
   * @throws InvalidConfigurationException when the repository's name is none
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
            "No issue tells of {} yet; the backfill itself is not touched by that: {}",
            what,
            warning);
      }
    }
  }

  /** Describes a reporter. Not safe for several threads. */
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
     * The label that the issues get, and are found by.
     *
     * @param name from 1 to 50 characters without a comma; {@value #DEFAULT_LABEL} unless stated
     * @return this
     * @throws InvalidConfigurationException when it is none
     */
    public Builder label(String name) {
      if (name.isBlank() || name.length() > 50 || name.contains(",")) {
        throw new InvalidConfigurationException(
            "the label is \"" + name + "\"; it must have 1 to 50 characters and no comma");
      }
      this.label = name.strip();
      return this;
    }

    /**
     * How long at least from one comment to the next.
     *
     * @param duration not negative; a day unless stated
     * @return this
     * @throws InvalidConfigurationException when it is negative
     */
    public Builder betweenComments(Duration duration) {
      if (duration.isNegative()) {
        throw new InvalidConfigurationException(
            "the time between comments is " + duration + "; it must not be negative");
      }
      this.betweenComments = duration;
      return this;
    }

    /**
     * A link to the run in which this process works, for the issues.
     *
     * @param url an https address, or null for none, which is the default
     * @return this
     * @throws InvalidConfigurationException when it is no https address
     */
    public Builder runLink(@Nullable String url) {
      if (url != null && !url.matches("https://[^\\s|<>()@]{1,500}")) {
        throw new InvalidConfigurationException(
            "the link to the run is no https address; give one such as"
                + " https://github.com/OWNER/NAME/actions/runs/1, or none");
      }
      this.runLink = url;
      return this;
    }

    /**
     * Whose time it is.
     *
     * @param source default {@link TimeSource#system()}
     * @return this
     */
    public Builder timeSource(TimeSource source) {
      this.time = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Makes the reporter. Sends nothing yet.
     *
     * @return the reporter
     */
    public GitHubIssueReporter build() {
      return new GitHubIssueReporter(this);
    }
  }
}
