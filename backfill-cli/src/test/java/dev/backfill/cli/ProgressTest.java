package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.cli.progress.BarLine;
import dev.backfill.cli.progress.ProgressLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {

  private static final Instant NOW = Instant.parse("2026-11-23T20:00:00Z");
  private static final BackfillKey KEY = new BackfillKey("github:pull-requests", "apache/kafka");
  private static final BackfillKey OTHER = new BackfillKey("github:pull-requests", "o/other");
  private static final Progress PROGRESS =
      new Progress(
          1_250,
          0,
          Total.estimate(4_000),
          45.2,
          Duration.ofSeconds(61),
          new Quota("core", 5_000, 4_312, NOW.plusSeconds(600)));

  private final StringWriter text = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();
  private final ProgressLines lines =
      new ProgressLines(new PrintWriter(text), ZoneId.of("UTC"), nanos::get);

  private static BackfillEvent chunk(
      BackfillKey key, long number, String readMode, Progress progress) {
    return new BackfillEvent.ChunkCommitted(
        key, NOW, number, 50, SinkCounts.NONE, List.of(), readMode, Duration.ZERO, 0, progress);
  }

  @Test
  void aLineForAChunkNowAndThen() {
    for (int second = 0; second < 12; second++) {
      nanos.set(Duration.ofSeconds(second).toNanos());
      lines.onEvent(chunk(KEY, second + 1, "", PROGRESS));
    }
    assertThat(text.toString().lines())
        .hasSize(3)
        .first()
        .isEqualTo(
            "apache/kafka pull requests: 1,250 of about 4,000 (31.3 %), 45/s, 1m 01s left,"
                + " quota 4,312 of 5,000");
  }

  @Test
  void everyWaitAndRetry() {
    lines.onEvent(
        new BackfillEvent.Waiting(
            KEY, NOW, NOW.plusMillis(90_500), "quota is spent", 0, null, PROGRESS));
    lines.onEvent(
        new BackfillEvent.Waiting(KEY, NOW, NOW.plusMillis(300), "HTTP 502", 2, null, null));
    lines.onEvent(
        new BackfillEvent.Waiting(KEY, NOW, NOW.plusSeconds(9), "HTTP 502", 3, null, null));
    lines.onEvent(new BackfillEvent.SliceEnded(KEY, NOW, BackfillStatus.FAILED, "x", 0, PROGRESS));
    assertThat(text.toString().lines())
        .hasSize(4)
        .anyMatch(line -> line.endsWith("waits until 20:01:31 UTC: quota is spent"))
        .anyMatch(line -> line.endsWith("attempt 2 failed, next in 0.3s: HTTP 502"))
        .anyMatch(line -> line.contains("failed at 1,250"));
  }

  @Test
  void thePhaseAndHowTheSourceReads() {
    Progress catchingUp =
        new Progress(40, 0, Total.exact(40), 0, null, null, false, null, Phase.CATCH_UP);
    lines.onEvent(chunk(KEY, 1, "pages of 6", catchingUp));
    assertThat(text.toString().lines())
        .containsExactly(
            "apache/kafka pull requests: now reads pages of 6",
            "apache/kafka pull requests: 40 of 40 (99.9 %), catching up");
    assertThat(new BarLine("x", catchingUp, "").render(80, false)).contains("catching up");
  }

  @Test
  void aChangedReadModeIsReportedOnceASlice() {
    for (int slice = 0; slice < 2; slice++) {
      lines.onEvent(new BackfillEvent.SliceStarted(KEY, NOW, "host/pid-7", PROGRESS));
      for (String readMode : List.of("", "pages of 6", "pages of 6", "", "pages of 6", "by REST")) {
        lines.onEvent(chunk(KEY, 1, readMode, PROGRESS));
      }
      lines.onEvent(chunk(OTHER, 1, "by REST", PROGRESS));
    }
    assertThat(text.toString().lines().filter(line -> line.contains("now reads")))
        .map(line -> line.substring(0, line.indexOf(' ')) + line.substring(line.indexOf(':')))
        .containsExactly(
            "apache/kafka: now reads pages of 6",
            "apache/kafka: now reads pages of 6",
            "apache/kafka: now reads by REST",
            "o/other: now reads by REST",
            "apache/kafka: now reads pages of 6",
            "apache/kafka: now reads pages of 6",
            "apache/kafka: now reads by REST");
  }

  @Test
  void whoHoldsItIsSaidOnceThoughItIsLookedAtOften() {
    for (int second = 0; second < 20; second += 2) {
      nanos.set(Duration.ofSeconds(second).toNanos());
      lines.onEvent(
          new BackfillEvent.Waiting(
              KEY, NOW, NOW.plusSeconds(60 + second), "a lease", 0, "host/pid-7", null));
    }
    assertThat(text.toString().lines())
        .singleElement()
        .asString()
        .contains("waits for host/pid-7, which holds it until 20:01:00 UTC");
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 60, 79, 120, 200})
  void aBarFitsItsWidth(int width) {
    BarLine bar = new BarLine("apache/kafka pull requests", PROGRESS, "");
    assertThat(bar.render(width, true).length()).isLessThanOrEqualTo(width);
    BarLine waiting = new BarLine("apache/kafka pull requests", PROGRESS, "waits ".repeat(40));
    assertThat(waiting.render(width, false).length()).isLessThanOrEqualTo(width);
  }

  @Test
  void aBarShowsWhatThereIsRoomFor() {
    BarLine bar = new BarLine("apache/kafka pull requests", PROGRESS, "");
    assertThat(bar.render(130, false))
        .isEqualTo(
            "apache/kafka pull requests   31% [=========                     ]"
                + "  1,250 of about 4,000  45/s  1m 01s left  quota 4,312 of 5,000");
    assertThat(bar.render(79, false)).contains("1,250 of about 4,000", "45/s").contains("[");
  }

  @Test
  void onlyWhatIsDoneIsFull() {
    Progress almost = new Progress(9_999, 0, Total.exact(10_000), 0, null, null);
    assertThat(new BarLine("x", almost, "").render(80, false)).contains(" 99% ").contains(" ]");
    Progress done = new Progress(0, 0, Total.exact(0), 0, null, null).asDone();
    assertThat(new BarLine("x", done, "").render(80, false)).contains("100% ").contains("=]");
  }
}
