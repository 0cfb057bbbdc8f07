package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.RequestedBy;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private final ManagerFixture fixture = new ManagerFixture();
  private final ZoneId berlin = ZoneId.of("Europe/Berlin");

  @Test
  void aTargetWithoutBackfillsHasNoText() {
    try (BackfillManager manager = fixture.manager().build()) {
      Explanation explanation = manager.explain("t1");
      assertThat(explanation.streams()).isEmpty();
      assertThat(explanation.text()).isEmpty();
    }
  }

  @Test
  void aJobIsExplainedByItsTriggerPlaceAndEvents() throws Exception {
    fixture.source.sizes.put("t1", 60);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("t1");
      manager.runDue();
      Explanation explanation = manager.explain("t1");
      assertThat(explanation.streams()).hasSize(1);
      assertThat(explanation.streams().get(0).job()).isNotNull();
      assertThat(explanation.streams().get(0).events()).isNotEmpty();
      assertThat(explanation.text(ZoneOffset.UTC))
          .startsWith("t1 numbers\n  status             completed, 60 of 60\n")
          .containsPattern("job +idle, scheduled because: the sync interval is over\n")
          .containsPattern("runs on +local, because ")
          .containsPattern("triggered.*: newly tracked\n");
    }
  }

  @Test
  void aStopNamesTheUserAndTheReason() {
    fixture.source.sizes.put("t1", 60);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("t1");
      manager.pause("t1", RequestedBy.by("ann", "release\nday"));
      Explanation explanation = manager.explain("t1");
      assertThat(explanation.streams().get(0).stop()).isNotNull();
      assertThat(explanation.text())
          .containsPattern("stopped +by ann at .*: release day; resume continues it\n");
    }
  }

  @Test
  void aWaitIsShownInTheZoneOfTheReader() throws Exception {
    fixture.source.sizes.put("t1", 60);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("t1");
      fixture.leaveWaiting("t1", Duration.ofHours(1));
      String text = manager.explain("t1").text(berlin);
      assertThat(text)
          .containsPattern("waits +until \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d CES?T: ");
      fixture.time.advance(Duration.ofHours(3));
      assertThat(manager.explain("t1").text(berlin))
          .containsPattern("waits +for a worker since \\d{4}-.* CES?T, when this ended: ");
    }
  }

  @Test
  void aBackfillWithoutAJobIsNotTracked() {
    fixture.progress.register(new BackfillKey("test:numbers", "t1"), "manual");
    Explanation explanation = Explanation.of(fixture.progress, null, "t1", fixture.time);
    assertThat(explanation.text())
        .containsPattern("begun +.*, because: manual\n")
        .containsPattern("job +none \\(not tracked; runs only when started by hand\\)\n");
  }
}
