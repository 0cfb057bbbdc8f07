package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.quota.Quota;
import dev.backfill.github.internal.transport.ApiResource;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaHeadersTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final long DAY = 86_400;

  private static HttpHeaders headers(String limit, String remaining, String reset, String more) {
    Map<String, List<String>> headers = new HashMap<>();
    put(headers, "x-ratelimit-limit", limit);
    put(headers, "x-ratelimit-remaining", remaining);
    put(headers, "x-ratelimit-reset", reset);
    if (more.contains("=")) {
      put(headers, more.substring(0, more.indexOf('=')), more.substring(more.indexOf('=') + 1));
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  private static void put(Map<String, List<String>> headers, String name, String value) {
    if (value != null) {
      headers.put(name, List.of(value));
    }
  }

  private static String at(long seconds) {
    return Long.toString(NOW.getEpochSecond() + seconds);
  }

  @Test
  void theQuotaIsWhatTheHeadersSayOnTheLocalClock() {
    QuotaHeaders read =
        QuotaHeaders.of(
            ApiResource.CORE,
            headers("5000", " 4321 ", at(700), "date=Thu, 1 Jan 2026 00:10:00 GMT"),
            NOW);
    assertThat(read)
        .isEqualTo(
            new QuotaHeaders(
                NOW.getEpochSecond() + 700, new Quota("core", 5000, 4321, NOW.plusSeconds(101))));
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 0", "1, 1, 1", "10, 11, 10"})
  void noMoreIsLeftThanTheLimit(String limit, String remaining, long rest) {
    QuotaHeaders read =
        QuotaHeaders.of(ApiResource.CORE, headers(limit, remaining, at(100), ""), NOW);
    assertThat(read).isNotNull();
    assertThat(read.quota().remaining()).isEqualTo(rest);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"0, 0, 100", "-, 5, 100", "10, -, 100", "10, -1, 100", "10, 5, -", "10, 5, soon"})
  void headersWithoutALimitAreNoQuota(String limit, String remaining, String reset) {
    String time = "100".equals(reset) ? at(100) : reset;
    assertThat(QuotaHeaders.of(ApiResource.CORE, headers(limit, remaining, time, ""), NOW))
        .isNull();
  }

  @Test
  void aWindowEndsWithinADay() {
    QuotaHeaders farthest =
        QuotaHeaders.of(ApiResource.CORE, headers("10", "5", at(DAY - 1), ""), NOW);
    assertThat(farthest).isNotNull();
    assertThat(farthest.quota().resetAt()).isEqualTo(NOW.plusSeconds(DAY));
    assertThat(QuotaHeaders.of(ApiResource.CORE, headers("10", "5", at(DAY), ""), NOW)).isNull();
    for (String never : List.of("99999999999999", Long.toString(Long.MAX_VALUE))) {
      assertThat(QuotaHeaders.of(ApiResource.CORE, headers("10", "5", never, ""), NOW)).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CORE, core, true",
    "CORE, ' CORE ', true",
    "CORE, '', true",
    "CORE, graphql, false",
    "GRAPHQL, graphql, true",
    "GRAPHQL, core, false"
  })
  void theQuotaOfAnotherResourceIsLeftOut(ApiResource resource, String named, boolean about) {
    HttpHeaders headers = headers("10", "5", at(100), "x-ratelimit-resource=" + named);
    assertThat(QuotaHeaders.areAbout(resource, headers)).isEqualTo(about);
    assertThat(QuotaHeaders.of(resource, headers, NOW) != null).isEqualTo(about);
  }
}
