package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.ErrorBody;
import dev.backfill.github.internal.transport.GraphQlBody;
import dev.backfill.github.internal.transport.GraphQlError;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row by row, what GitHub's documentation calls a limit. */
class RateLimitClassifierTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** GitHub's clock is ten minutes ahead of ours: its times are worth what its Date says. */
  private static final String DATE = "Date=Thu, 1 Jan 2026 00:10:00 GMT";

  private static final long SERVER_NOW = NOW.getEpochSecond() + 600;

  @ParameterizedTest(name = "{0} {1} \"{2}\": {3} after {4} s")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // primary: remaining is 0, until reset, one second of rounding on top
        "403 | limit=5000;remaining=0;reset=+900              | API rate limit exceeded for user  | PRIMARY   | 901",
        "429 | limit=5000;remaining=0;reset=+900              | -                                 | PRIMARY   | 901",
        "403 | limit=60;remaining=0;reset=-5                  | API rate limit exceeded for 1.2.3 | PRIMARY   | 1",
        // both: neither may be broken
        "403 | limit=5000;remaining=0;reset=+30;retry=60      | secondary rate limit              | PRIMARY   | 60",
        "403 | limit=5000;remaining=0;reset=+90;retry=60      | secondary rate limit              | PRIMARY   | 91",
        // secondary: Retry-After in both forms; the primary reset has nothing to do with it
        "403 | retry=37                                       | -                                 | SECONDARY | 37",
        "429 | retry=37                                       | -                                 | SECONDARY | 37",
        "403 | limit=5000;remaining=4000;reset=+900;retry=37  | secondary rate limit              | SECONDARY | 37",
        "403 | retry=Thu, 1 Jan 2026 00:11:00 GMT             | secondary rate limit              | SECONDARY | 61",
        "403 | retry=Thu, 1 Jan 2026 00:01:00 GMT             | secondary rate limit              | SECONDARY | 1",
        "429 | retry=0                                        | -                                 | SECONDARY | 1",
        "429 | retry=99999999                                 | -                                 | SECONDARY | 86400",
        // secondary without a time: the gate's own backoff
        "403 | -                                              | You have exceeded a secondary rate limit. | SECONDARY | -",
        "403 | -                                              | You have triggered an abuse detection mechanism. | SECONDARY | -",
        "403 | limit=5000;remaining=4000;reset=+900           | You have exceeded a secondary rate limit. | SECONDARY | -",
        "403 | gh-limited-by=secondary                        | -                                 | SECONDARY | -",
        "429 | -                                              | -                                 | SECONDARY | -",
        "429 | retry=soon                                     | -                                 | SECONDARY | -",
        "403 | remaining=0                                    | -                                 | SECONDARY | -",
        "403 | limit=5000;remaining=0;reset=99999999999999    | -                                 | SECONDARY | -",
        // no limit at all
        "403 | -                                              | Resource not accessible by integration | - | -",
        "403 | limit=5000;remaining=4000;reset=+900           | Must have admin rights            | -         | -",
        "403 | limit=0;remaining=0;reset=0                    | Must have admin rights            | -         | -",
        "404 | limit=5000;remaining=0;reset=+900              | Not Found                         | -         | -",
        "200 | limit=5000;remaining=0;reset=+900              | -                                 | -         | -",
        "200 | retry=5                                        | -                                 | -         | -",
        "302 | retry=5                                        | -                                 | -         | -",
        "401 | retry=5                                        | Bad credentials                   | -         | -",
        "407 | retry=5                                        | -                                 | -         | -",
        "500 | limit=5000;remaining=0;reset=+900              | -                                 | -         | -",
        "503 | -                                              | -                                 | -         | -",
        "422 | -                                              | Validation Failed                 | -         | -",
        "404 | -                                              | no repository abuse-reports       | -         | -",
        // a limit with any other status: what names a time, or uses the words
        "503 | retry=5                                        | -                                 | SECONDARY | 5",
        "502 | retry=5                                        | -                                 | SECONDARY | 5",
        "500 | retry=Thu, 1 Jan 2026 00:11:00 GMT             | -                                 | SECONDARY | 61",
        "504 | limit=5000;remaining=4000;reset=+900;retry=7   | -                                 | SECONDARY | 7",
        "400 | retry=7                                        | -                                 | SECONDARY | 7",
        "408 | retry=7                                        | -                                 | SECONDARY | 7",
        "425 | retry=7                                        | -                                 | SECONDARY | 7",
        "503 | limit=5000;remaining=0;reset=+900;retry=7      | -                                 | PRIMARY   | 901",
        "503 | -                                              | You have exceeded a secondary rate limit | SECONDARY | -",
        "422 | -                                              | Validation Failed (was submitted too quickly) | SECONDARY | -",
        "403 | -                                              | API rate limit already exceeded for user ID 1 | SECONDARY | -",
        // values that no server means: never longer than a day
        "503 | retry=315360000                                | -                                 | SECONDARY | 86400",
        "503 | retry=99999999999999999999999                  | -                                 | SECONDARY | 86400",
        "503 | retry=Thu, 1 Jan 2099 00:00:00 GMT             | -                                 | SECONDARY | 86400",
        "429 | retry=-7                                       | -                                 | SECONDARY | 1",
        "503 | retry=soon                                     | -                                 | -         | -"
      })
  void aLimitIsRecognisedAsGitHubDocumentsIt(
      int status, String headers, String message, LimitKind kind, Long seconds) {
    RateLimitSignal signal =
        RateLimitClassifier.classify(
            ApiResource.CORE,
            status,
            headers(headers),
            new ErrorBody(message == null ? "" : message, ""),
            NOW);
    if (kind == null) {
      assertThat(signal).isNull();
    } else {
      assertThat(signal).isNotNull();
      assertThat(signal.kind()).isEqualTo(kind);
      assertThat(signal.until())
          .isEqualTo(seconds == null ? null : NOW.plus(Duration.ofSeconds(seconds)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "503, busy, false",
    "503, You have exceeded a secondary rate limit, true",
    "429, busy, true",
    "403, busy, true"
  })
  void aBusyServerIsNotAboutUse(int status, String message, boolean aboutUse) {
    ErrorBody body = new ErrorBody(message, "");
    HttpHeaders headers = headers("retry=5");
    assertThat(RateLimitClassifier.classify(ApiResource.CORE, status, headers, body, NOW))
        .isEqualTo(new RateLimitSignal(LimitKind.SECONDARY, NOW.plusSeconds(5), aboutUse));
  }

  /** Rows of errors as {@code type/path/message}, or none, or an answer that is no JSON. */
  @ParameterizedTest(name = "{0} \"{1}\": {2} after {3} s")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | none                                    | -         | -",
        "- | unreadable                              | -         | -",
        "- | NOT_FOUND/item/Could not resolve        | -         | -",
        "- | RATE_LIMITED//API rate limit exceeded   | SECONDARY | -",
        "- | RATE_LIMIT//                            | SECONDARY | -",
        "retry=5 | none                              | -         | -",
        "retry=5 | unreadable                        | SECONDARY | 5",
        "retry=5 | NOT_FOUND/item/Could not resolve  | SECONDARY | 5",
        "retry=5 | RATE_LIMITED//                    | SECONDARY | 5",
        "limit=5000;remaining=0;reset=+900 | RATE_LIMITED// | PRIMARY | 901",
        "limit=5000;remaining=0;reset=+900 | none    | -         | -"
      })
  void aLimitInAQuerysAnswerIsRecognised(
      String headers, String errors, LimitKind kind, Long seconds) {
    RateLimitSignal signal = RateLimitClassifier.ofQuery(headers(headers), body(errors), NOW);
    assertThat(signal)
        .isEqualTo(
            kind == null
                ? null
                : new RateLimitSignal(kind, seconds == null ? null : NOW.plusSeconds(seconds)));
  }

  private static GraphQlBody body(String errors) {
    if (errors.equals("unreadable")) {
      return null;
    }
    List<GraphQlError> all = List.of();
    if (!errors.equals("none")) {
      String[] parts = errors.split("/", -1);
      List<String> path = parts[1].isEmpty() ? List.of() : List.of(parts[1]);
      all = List.of(new GraphQlError(parts[0], "", parts[2], path));
    }
    return new GraphQlBody(MissingNode.getInstance(), all, 0);
  }

  private static HttpHeaders headers(String text) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String entry : (DATE + (text == null ? "" : ";" + text)).split(";")) {
      String name = entry.substring(0, entry.indexOf('='));
      String value = entry.substring(entry.indexOf('=') + 1);
      switch (name) {
        case "limit", "remaining" -> headers.put("x-ratelimit-" + name, List.of(value));
        case "reset" ->
            headers.put(
                "x-ratelimit-reset",
                List.of(
                    value.matches("[+-]\\d+")
                        ? Long.toString(SERVER_NOW + Long.parseLong(value))
                        : value));
        case "retry" -> headers.put("retry-after", List.of(value));
        default -> headers.put(name, List.of(value));
      }
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }
}
