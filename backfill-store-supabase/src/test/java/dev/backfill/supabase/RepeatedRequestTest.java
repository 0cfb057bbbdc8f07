package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.testkit.postgrest.CallFault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A proxy that sends each request twice, and returns the answer to the second. */
class RepeatedRequestTest {

  private static final BackfillKey KEY = new BackfillKey("test:items", "owner/name");

  private static final LeaseRequest REQUEST =
      new LeaseRequest("worker", "test", Duration.ofMinutes(5));

  private RestProject project;
  private ProgressStore store;

  @BeforeEach
  void start() throws SQLException {
    project = RestProject.startStandIn();
    store = project.rest().progress();
    project.api().faults(call -> CallFault.REPEATED);
  }

  @AfterEach
  void close() {
    project.api().faults(call -> null);
    project.close();
  }

  @Test
  void aClaimIsGrantedOnce() {
    Backfill registered = store.register(KEY, "manual");

    Claim claim = store.claim(registered.id(), REQUEST);

    assertThat(claim.lease().fence()).isEqualTo(1);
    assertThat(store.claim(registered.id(), REQUEST))
        .as("another request of the same worker")
        .matches(Claim::isHeld);
    assertThat(store.transitions(registered.id(), 0, 10)).hasSize(1);
  }

  @Test
  void aClaimOfAnyDueBackfillTakesOne() {
    store.register(KEY, "manual");
    store.register(new BackfillKey(KEY.source(), "another/name"), "manual");

    Optional<Claim> first = store.claimNext(REQUEST, Set.of(KEY.source()));
    Optional<Claim> second = store.claimNext(REQUEST, Set.of(KEY.source()));

    assertThat(first).isPresent();
    assertThat(second).isPresent();
    assertThat(first.get().lease().backfill()).isNotEqualTo(second.get().lease().backfill());
    assertThat(store.claimNext(REQUEST, Set.of(KEY.source()))).isEmpty();
  }

  @Test
  void aReleaseAndARequestAreRecordedOnce() {
    Backfill registered = store.register(KEY, "manual");
    Claim claim = store.claim(registered.id(), REQUEST);

    assertThat(store.release(claim.lease(), LeaseRelease.moreToDo()).status())
        .isEqualTo(BackfillStatus.PENDING);
    assertThat(store.control(registered.id(), Control.PAUSE, RequestedBy.by("ann")).status())
        .isEqualTo(BackfillStatus.PAUSED);

    assertThat(store.list()).hasSize(1);
    assertThat(store.transitions(registered.id(), 0, 10)).hasSize(3);
  }
}
