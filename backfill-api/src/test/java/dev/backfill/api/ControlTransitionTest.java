package dev.backfill.api;

import static dev.backfill.api.store.BackfillStatus.CANCELLED;
import static dev.backfill.api.store.BackfillStatus.CANCELLING;
import static dev.backfill.api.store.BackfillStatus.COMPLETED;
import static dev.backfill.api.store.BackfillStatus.COMPLETED_WITH_GAPS;
import static dev.backfill.api.store.BackfillStatus.FAILED;
import static dev.backfill.api.store.BackfillStatus.PAUSED;
import static dev.backfill.api.store.BackfillStatus.PAUSING;
import static dev.backfill.api.store.BackfillStatus.PENDING;
import static dev.backfill.api.store.BackfillStatus.RUNNING;
import static dev.backfill.api.store.BackfillStatus.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Control;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every status and every request, written out a second time. */
class ControlTransitionTest {

  /**
   * The status after: pause leased, pause free, resume leased, resume free, cancel leased, cancel
   * free.
   */
  private static final Map<BackfillStatus, List<BackfillStatus>> EXPECTED =
      new EnumMap<>(
          Map.of(
              PENDING, List.of(PAUSING, PAUSED, PENDING, PENDING, CANCELLING, CANCELLED),
              RUNNING, List.of(PAUSING, PAUSED, RUNNING, RUNNING, CANCELLING, CANCELLED),
              WAITING, List.of(PAUSING, PAUSED, PENDING, PENDING, CANCELLING, CANCELLED),
              PAUSING, List.of(PAUSING, PAUSED, RUNNING, PENDING, CANCELLING, CANCELLED),
              PAUSED, List.of(PAUSED, PAUSED, PENDING, PENDING, CANCELLING, CANCELLED),
              CANCELLING, List.of(CANCELLING, CANCELLING, RUNNING, PENDING, CANCELLING, CANCELLED),
              CANCELLED, List.of(CANCELLED, CANCELLED, PENDING, PENDING, CANCELLED, CANCELLED),
              COMPLETED, List.of(COMPLETED, COMPLETED, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
              FAILED, List.of(PAUSING, PAUSED, PENDING, PENDING, CANCELLING, CANCELLED)));

  static {
    EXPECTED.put(
        COMPLETED_WITH_GAPS,
        List.of(
            COMPLETED_WITH_GAPS,
            COMPLETED_WITH_GAPS,
            COMPLETED_WITH_GAPS,
            COMPLETED_WITH_GAPS,
            COMPLETED_WITH_GAPS,
            COMPLETED_WITH_GAPS));
  }

  @ParameterizedTest
  @EnumSource
  void aPersonsRequestLeadsToTheDocumentedStatus(BackfillStatus status) {
    assertThat(
            List.of(
                status.after(Control.PAUSE, true),
                status.after(Control.PAUSE, false),
                status.after(Control.RESUME, true),
                status.after(Control.RESUME, false),
                status.after(Control.CANCEL, true),
                status.after(Control.CANCEL, false)))
        .isEqualTo(EXPECTED.get(status));
  }

  /**
   * What a release that wants this leads to where a pause, or a cancel, was asked for meanwhile.
   */
  private static final Map<BackfillStatus, List<BackfillStatus>> RELEASED =
      Map.of(
          PENDING, List.of(PAUSED, CANCELLED),
          WAITING, List.of(PAUSED, CANCELLED),
          PAUSED, List.of(PAUSED, CANCELLED),
          CANCELLED, List.of(PAUSED, CANCELLED),
          FAILED, List.of(PAUSED, CANCELLED),
          COMPLETED, List.of(COMPLETED, COMPLETED),
          COMPLETED_WITH_GAPS, List.of(COMPLETED_WITH_GAPS, COMPLETED_WITH_GAPS));

  @ParameterizedTest
  @EnumSource
  void aReleaseLeadsToWhatTheWorkerWantsUnlessAPersonAskedMeanwhile(BackfillStatus status) {
    for (Map.Entry<BackfillStatus, List<BackfillStatus>> each : RELEASED.entrySet()) {
      BackfillStatus selected = each.getKey();
      BackfillStatus expected =
          status == PAUSING
              ? each.getValue().get(0)
              : status == CANCELLING ? each.getValue().get(1) : selected;
      assertThat(status.afterRelease(selected))
          .as("%s, wanted %s", status, selected)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClaimLeadsToRunningOrIsRefused(BackfillStatus status) {
    if (List.of(PAUSING, PAUSED, CANCELLING, CANCELLED).contains(status)) {
      assertThat(status.isClaimable()).isFalse();
      assertThatThrownBy(status::afterClaim).isInstanceOf(IllegalStateException.class);
    } else {
      assertThat(status.isClaimable()).isTrue();
      assertThat(status.afterClaim()).isEqualTo(RUNNING);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRequestThatADeadWorkerNeverNoticedIsSettled(BackfillStatus status) {
    assertThat(status.resolvePending())
        .isEqualTo(status == PAUSING ? PAUSED : status == CANCELLING ? CANCELLED : status);
  }
}
