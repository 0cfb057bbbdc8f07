package dev.backfill.api.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.report.FailureLog.Entry;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailureLogEntryTest {

  private static final BackfillKey KEY = new BackfillKey("archive:letters", "attic");
  private static final Instant AT = Instant.EPOCH;
  private static final Entry ENTRY = new Entry("one", KEY, 3, AT, AT.plusSeconds(1), null);

  @Test
  void aReportChangesTheIssueAlone() {
    Entry reported = ENTRY.withReport(17, "url", true, 2, AT.plusSeconds(2));
    assertThat(reported)
        .isEqualTo(
            new Entry(
                "one",
                KEY,
                3,
                AT,
                AT.plusSeconds(1),
                null,
                17L,
                "url",
                true,
                2,
                AT.plusSeconds(2)));
    assertThat(ENTRY.withReportOf(reported)).isEqualTo(reported);
    assertThat(reported.withReportOf(ENTRY)).isEqualTo(ENTRY);
  }

  @Test
  void anIssueIsCompleteOrMissing() {
    assertThat(ENTRY.issue()).isNull();
    assertIncomplete(17L, null, false, 0, AT);
    assertIncomplete(17L, "url", false, 0, null);
    assertIncomplete(null, "url", false, 0, null);
    assertIncomplete(null, null, false, 0, AT);
    assertIncomplete(null, null, true, 0, null);
    assertIncomplete(null, null, false, 1, null);
  }

  private static void assertIncomplete(
      Long issue, String url, boolean open, long count, Instant commentedAt) {
    assertThatThrownBy(
            () -> new Entry("one", KEY, 3, AT, AT, null, issue, url, open, count, commentedAt))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
