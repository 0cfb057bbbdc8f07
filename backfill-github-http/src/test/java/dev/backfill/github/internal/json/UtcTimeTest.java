package dev.backfill.github.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTimeTest {

  private static Instant read(String text) {
    char[] chars = ("\"" + text + "\"").toCharArray();
    return UtcTime.read(chars, 1, text.length());
  }

  @Test
  void aDayInElevenOfTenThousandYearsIsWhatJavaSays() {
    Instant first = Instant.parse("0001-01-01T00:00:00Z");
    Instant last = Instant.parse("9999-12-31T23:59:59Z");
    Random random = new Random(1);
    for (Instant day = first; !day.isAfter(last); day = day.plusSeconds(11 * 86_400)) {
      Instant time = day.plusSeconds(random.nextInt(86_400));
      if (!time.equals(read(time.toString()))) {
        assertThat(read(time.toString())).as(time.toString()).isEqualTo(time);
      }
    }
    assertThat(read("9999-12-31T23:59:59Z")).isEqualTo(last);
    assertThat(read("0001-01-01T00:00:00Z")).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2024-05-06",
        "2024-05-06T07:08:09",
        "2024-05-06T07:08:09z",
        "2024-05-06T07:08:09.1Z",
        "2024-05-06T07:08:09+00:00",
        "2024-05-06 07:08:09Z",
        "2024-13-06T07:08:09Z",
        "2024-00-06T07:08:09Z",
        "2024-05-00T07:08:09Z",
        "2024-04-31T07:08:09Z",
        "2023-02-29T07:08:09Z",
        "1900-02-29T07:08:09Z",
        "2024-05-06T24:08:09Z",
        "2024-05-06T07:60:09Z",
        "2024-05-06T07:08:60Z",
        "0000-05-06T07:08:09Z",
        "-024-05-06T07:08:09Z",
        "2024-05-06T07:08:0\u0669Z",
      })
  void anythingElseIsLeftToTheLongWay(String text) {
    assertThat(read(text)).isNull();
  }

  @Test
  void leapDaysAreThereWhenTheyAre() {
    for (String day : new String[] {"2024-02-29", "2000-02-29", "2400-02-29"}) {
      String text = day + "T23:59:59Z";
      assertThat(read(text)).isEqualTo(OffsetDateTime.parse(text).toInstant());
    }
  }
}
