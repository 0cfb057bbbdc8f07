package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;

/**
 * How long GitHub may take for one request. GitHub itself ends a request after 10 seconds. What
 * takes longer fails as transient and is tried again.
 *
 * @param connect until there is a connection; from 1 ms to 1 hour
 * @param read from sending until the headers of the answer are here, connecting included; from 1 ms
 *     to 1 hour
 * @param total from sending until the whole answer is here; from 1 ms to 1 hour
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts">GitHub:
 *     time-outs</a>
 */
public record GitHubTimeouts(Duration connect, Duration read, Duration total) {

  private static final Duration MIN = Duration.ofMillis(1);
  private static final Duration MAX = Duration.ofHours(1);

  /** 10 seconds to connect, 30 until the answer begins, 60 in all. */
  public static final GitHubTimeouts DEFAULT =
      new GitHubTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60));

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when a value is out of its range
   */
  public GitHubTimeouts {
    check("connect", connect);
    check("read", read);
    check("total", total);
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(MIN) < 0 || value.compareTo(MAX) > 0) {
      throw new InvalidConfigurationException(
          "the time-out \""
              + name
              + "\" is "
              + value
              + "; it must be from 1 ms to 1 hour, such as "
              + "PT30S");
    }
  }
}
