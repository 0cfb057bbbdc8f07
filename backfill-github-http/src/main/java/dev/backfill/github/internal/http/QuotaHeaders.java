package dev.backfill.github.internal.http;

import dev.backfill.api.quota.Quota;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of one answer say about the quota.
 *
 * @param resetEpoch the window's end on GitHub's clock, in seconds; tells windows apart
 * @param quota the same on the local clock
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit">GitHub:
 *     the headers</a>
 */
record QuotaHeaders(long resetEpoch, Quota quota) {

  private static final String DEFAULT_RESOURCE = "core";

  /** GitHub's Date has whole seconds: up to one has passed already. */
  private static final Duration ROUNDING = Duration.ofSeconds(1);

  /** A window is an hour; whatever ends much later is no time of GitHub's. */
  private static final Duration FARTHEST = Duration.ofDays(1);

  /**
   * Reads them.
   *
   * @return what they say, or null when they tell of no limit, as on an Enterprise Server without
   */
  static @Nullable QuotaHeaders of(HttpHeaders headers, Instant now) {
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
      String resource = headers.firstValue("x-ratelimit-resource").orElse("").strip();
      return new QuotaHeaders(
          reset,
          new Quota(
              resource.isEmpty() ? DEFAULT_RESOURCE : resource,
              limit,
              Math.min(remaining, limit),
              resetAt));
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
