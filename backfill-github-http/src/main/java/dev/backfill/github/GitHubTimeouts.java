package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;

/**
 * The time-outs of one request. GitHub itself ends a request after 10 seconds. A request that
 * exceeds a time-out fails as transient and is retried.
 *
 * @param connect max time until a connection is open; from 1 ms to 1 hour
 * @param read max time from sending until the headers of the response have arrived, connecting
 *     included; from 1 ms to 1 hour
 * @param total max time from sending until the whole response has arrived; from 1 ms to 1 hour
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts">GitHub:
 *     time-outs</a>
 */
public record GitHubTimeouts(Duration connect, Duration read, Duration total) {

  private static final Duration MIN = Duration.ofMillis(1);
  private static final Duration MAX = Duration.ofHours(1);

  /** 10 seconds to connect, 30 until the response begins, 60 in total. */
  public static final GitHubTimeouts DEFAULT =
      new GitHubTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60));

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if a value is out of its range
   */
  public GitHubTimeouts {
    check("connect", connect);
    check("read", read);
    check("total", total);
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(MIN) < 0 || value.compareTo(MAX) > 0) {
      throw new InvalidConfigurationException(
          "The time-out \""
              + name
              + "\" is "
              + value
              + "; it must be from 1 ms to 1 hour, such as "
              + "PT30S.");
    }
  }
}
