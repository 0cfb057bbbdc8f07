package dev.backfill.github.internal.throttle;

import dev.backfill.api.quota.Quota;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.ServerClock;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The quota in the headers of one response.
 *
 * @param resetEpoch the window's end on GitHub's clock, in seconds; distinguishes windows
 * @param quota the same on the local clock
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit">GitHub:
 *     the headers</a>
 */
public record QuotaHeaders(long resetEpoch, Quota quota) {

  /** GitHub's Date has whole seconds: up to one has passed already. */
  private static final Duration ROUNDING = Duration.ofSeconds(1);

  /** A window is an hour; a much later end is not a time of GitHub's. */
  private static final Duration FARTHEST = Duration.ofDays(1);

  /**
   * Returns true if they are about this resource. Headers without a resource are about the
   * request's.
   */
  static boolean areAbout(ApiResource resource, HttpHeaders headers) {
    String stated = headers.firstValue("x-ratelimit-resource").orElse("").strip();
    return stated.isEmpty() || stated.equalsIgnoreCase(name(resource));
  }

  /** Returns GitHub's name of the resource. */
  public static String name(ApiResource resource) {
    return resource.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses the headers.
   *
   * @param resource the resource whose quota the request used
   * @return its quota, or null if they contain no limit (an Enterprise Server without limits) or
   *     another resource's
   */
  public static @Nullable QuotaHeaders of(ApiResource resource, HttpHeaders headers, Instant now) {
    if (!areAbout(resource, headers)) {
      return null;
    }
    Long limit = number(headers, "x-ratelimit-limit");
    Long remaining = number(headers, "x-ratelimit-remaining");
    Long reset = number(headers, "x-ratelimit-reset");
    if (limit == null || limit < 1 || remaining == null || remaining < 0 || reset == null) {
      return null;
    }
    String date = headers.firstValue("date").orElse("");
    try {
      Instant resetAt =
          ServerClock.of(date, now).toLocal(Instant.ofEpochSecond(reset)).plus(ROUNDING);
      if (resetAt.isAfter(now.plus(FARTHEST))) {
        return null;
      }
      return new QuotaHeaders(
          reset, new Quota(name(resource), limit, Math.min(remaining, limit), resetAt));
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  static @Nullable Long number(HttpHeaders headers, String name) {
    try {
      return headers.firstValue(name).map(text -> Long.parseLong(text.strip())).orElse(null);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
