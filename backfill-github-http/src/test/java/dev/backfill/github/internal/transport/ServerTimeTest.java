package dev.backfill.github.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.ManualTimeSource;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GitHub's clock, and what its times mean on ours. */
class ServerTimeTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String AHEAD = "Thu, 1 Jan 2026 00:10:00 GMT";

  private final ServerTime server = new ServerTime(new ManualTimeSource(NOW));

  private void update(String date) {
    HttpHeaders headers = HttpHeaders.of(Map.of("date", List.of(date)), (name, value) -> true);
    server.update(new RawResponse(URI.create("http://localhost"), 200, headers, new byte[0]));
  }

  @Test
  void untilAnAnswerTellsItGitHubsClockIsOurs() {
    assertThat(server.ahead()).isZero();
    assertThat(server.now()).isEqualTo(NOW);
  }

  @Test
  void theDateOfAnAnswerTellsHowFarGitHubsClockIsAhead() {
    update(AHEAD);
    assertThat(server.ahead()).isEqualTo(Duration.ofMinutes(10));
    assertThat(server.now()).isEqualTo(NOW.plusSeconds(600));
    update("Wed, 31 Dec 2025 23:59:30 GMT");
    assertThat(server.ahead()).isEqualTo(Duration.ofSeconds(-30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "soon", "Thu, 99 Jan 2026 00:10:00 GMT"})
  void aDateThatIsNoneTellsNothing(String date) {
    update(AHEAD);
    update(date);
    assertThat(server.ahead()).isEqualTo(Duration.ofMinutes(10));
    assertThat(ServerClock.parseDate(date)).isNull();
    assertThat(ServerClock.of(date, NOW).toLocal(NOW.plusSeconds(5))).isEqualTo(NOW.plusSeconds(5));
  }

  @Test
  void aTimeOfGitHubsIsAsFarAwayOnOurClock() {
    assertThat(ServerClock.of(" " + AHEAD + " ", NOW).toLocal(NOW.plusSeconds(700)))
        .isEqualTo(NOW.plusSeconds(100));
  }
}
