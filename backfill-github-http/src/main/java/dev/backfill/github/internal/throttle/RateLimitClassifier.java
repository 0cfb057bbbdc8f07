package dev.backfill.github.internal.throttle;

import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.ErrorBody;
import dev.backfill.github.internal.transport.GraphQlBody;
import dev.backfill.github.internal.transport.ServerClock;
import java.math.BigInteger;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes limits from refusals, and finds out their end.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit">GitHub:
 *     exceeding the rate limit</a>
 */
public final class RateLimitClassifier {

  private static final Duration MIN = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofDays(1);

  private RateLimitClassifier() {}

  /**
   * Classifies a response with an error status.
   *
   * @param resource the resource whose quota the request used
   * @return the limit, or null if the response is about something else
   */
  public static @Nullable RateLimitSignal classify(
      ApiResource resource, int status, HttpHeaders headers, ErrorBody body, Instant now) {
    if (status == 403 || status == 429) {
      boolean stated = body.isAboutLimits() || ErrorBody.isAboutAbuse(body.message());
      return classify(resource, status == 429 || stated, headers, now);
    }
    // 401 and 407 are about credentials, which time does not change.
    boolean mayBeLimited = status >= 400 && status != 401 && status != 407;
    if (!mayBeLimited || !body.isAboutLimits() && !namesTime(headers, now)) {
      return null;
    }
    RateLimitSignal signal = classify(resource, true, headers, now);
    return signal == null || body.isAboutLimits() ? signal : signal.busy();
  }

  /**
   * Classifies a response to a query with a good status.
   *
   * @param body the response, or null if it cannot be read
   * @return the limit, or null if the response is about something else
   */
  public static @Nullable RateLimitSignal ofQuery(
      HttpHeaders headers, @Nullable GraphQlBody body, Instant now) {
    boolean incomplete = body == null || !body.errors().isEmpty();
    boolean limited = body != null && body.isLimited();
    return limited || (incomplete && namesTime(headers, now))
        ? classify(ApiResource.GRAPHQL, true, headers, now)
        : null;
  }

  private static boolean namesTime(HttpHeaders headers, Instant now) {
    return retryAfter(headers, now) != null;
  }

  private static @Nullable RateLimitSignal classify(
      ApiResource resource, boolean aboutLimits, HttpHeaders headers, Instant now) {
    Instant retryAfter = retryAfter(headers, now);
    if (QuotaHeaders.areAbout(resource, headers) && isSpent(headers)) {
      QuotaHeaders quota = QuotaHeaders.of(resource, headers, now);
      if (quota != null) {
        Instant reset = later(quota.quota().resetAt(), now.plus(MIN));
        return new RateLimitSignal(
            LimitKind.PRIMARY, retryAfter == null ? reset : later(reset, retryAfter));
      }
      return new RateLimitSignal(LimitKind.SECONDARY, retryAfter);
    }
    boolean limited =
        aboutLimits || retryAfter != null || headers.firstValue("gh-limited-by").isPresent();
    return limited ? new RateLimitSignal(LimitKind.SECONDARY, retryAfter) : null;
  }

  /**
   * Returns true for a spent quota. An Enterprise Server without limits sends 0 of 0, which is not
   * spent.
   */
  private static boolean isSpent(HttpHeaders headers) {
    Long limit = QuotaHeaders.number(headers, "x-ratelimit-limit");
    Long remaining = QuotaHeaders.number(headers, "x-ratelimit-remaining");
    return remaining != null && remaining == 0 && (limit == null || limit > 0);
  }

  private static @Nullable Instant retryAfter(HttpHeaders headers, Instant now) {
    String text = headers.firstValue("retry-after").orElse("").strip();
    if (text.isEmpty()) {
      return null;
    }
    Instant until;
    if (text.matches("[+-]?\\d+")) {
      until = now.plusSeconds(seconds(text));
    } else {
      Instant date = ServerClock.parseDate(text);
      if (date == null) {
        return null;
      }
      String serverDate = headers.firstValue("date").orElse("");
      try {
        until = ServerClock.of(serverDate, now).toLocal(date).plus(MIN);
      } catch (DateTimeException | ArithmeticException e) {
        return null;
      }
    }
    Instant latest = now.plus(MAX);
    return later(until.isAfter(latest) ? latest : until, now.plus(MIN));
  }

  /** Parses a number; one that is too long for a long is cut to the max. */
  private static long seconds(String text) {
    BigInteger value = new BigInteger(text);
    return value.max(BigInteger.ZERO).min(BigInteger.valueOf(MAX.toSeconds())).longValueExact();
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
