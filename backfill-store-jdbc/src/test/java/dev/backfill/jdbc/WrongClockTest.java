package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Priority;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A wait that a worker with a wrong clock has left keeps nobody for ever. */
class WrongClockTest {

  private static final BackfillKey KEY = new BackfillKey("test:numbers", "owner/name");
  private static final Set<String> SOURCES = Set.of(KEY.source());
  private static final LeaseRequest WORKER =
      new LeaseRequest("worker", "local", Duration.ofSeconds(60));

  @Test
  void aWaitOfYearsEndsAfterTwoHoursOnPostgres() throws SQLException {
    assertThatAWaitOfYearsEndsAfterTwoHours(TestDatabase.postgres());
  }

  @Test
  void aWaitOfYearsEndsAfterTwoHoursOnH2() throws SQLException {
    assertThatAWaitOfYearsEndsAfterTwoHours(TestDatabase.h2());
  }

  @Test
  void aWaitOfYearsEndsAfterTwoHoursOnSqlite(@TempDir Path folder) throws SQLException {
    assertThatAWaitOfYearsEndsAfterTwoHours(TestDatabase.sqlite(folder));
  }

  @Test
  void aLeaseThatEndsTomorrowIsTakenOverOnPostgres() throws SQLException {
    assertThatALeaseThatEndsTomorrowIsTakenOver(TestDatabase.postgres());
  }

  @Test
  void aLeaseThatEndsTomorrowIsTakenOverOnH2() throws SQLException {
    assertThatALeaseThatEndsTomorrowIsTakenOver(TestDatabase.h2());
  }

  @Test
  void aLeaseThatEndsTomorrowIsTakenOverOnSqlite(@TempDir Path folder) throws SQLException {
    assertThatALeaseThatEndsTomorrowIsTakenOver(TestDatabase.sqlite(folder));
  }

  /** A dead worker whose clock was a day ahead left it. */
  private static void assertThatALeaseThatEndsTomorrowIsTakenOver(TestDatabase database)
      throws SQLException {
    JdbcStore store = database.install();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Backfill backfill = store.progress().register(KEY, "manual");
    store.jobs().enqueue(KEY, Priority.TRACKED, "test", now, now);
    store.progress().claim(backfill.id(), WORKER);
    assertThat(store.jobs().due(now, SOURCES, 10)).isEmpty();

    database.execute(
        "UPDATE {backfill_progress} SET lease_expires_at = '2040-01-01T00:00:00.000000Z'"
            + " WHERE id = "
            + backfill.id().value());

    assertThat(store.progress().get(backfill.id()).leaseExpired()).isTrue();
    assertThat(store.jobs().due(now, SOURCES, 10)).hasSize(1);
    assertThat(store.progress().claim(backfill.id(), WORKER)).matches(Claim::isGranted);
    database.execute(
        "UPDATE {backfill_progress} SET lease_expires_at = '2040-01-01T00:00:00.000000Z'"
            + " WHERE id = "
            + backfill.id().value());
    assertThat(store.progress().claimNext(WORKER, SOURCES)).isPresent();
  }

  @Test
  void aStoreHasTheClockOfItsDatabase(@TempDir Path folder) throws SQLException {
    for (TestDatabase database :
        List.of(TestDatabase.postgres(), TestDatabase.h2(), TestDatabase.sqlite(folder))) {
      Instant stored = database.install().progress().currentTime().orElseThrow();
      assertThat(Duration.between(stored, Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }
  }

  private static void assertThatAWaitOfYearsEndsAfterTwoHours(TestDatabase database)
      throws SQLException {
    JdbcStore store = database.install();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Backfill backfill = store.progress().register(KEY, "manual");
    store.jobs().enqueue(KEY, Priority.TRACKED, "test", now, now);
    Claim granted = store.progress().claim(backfill.id(), WORKER);
    Instant years = Instant.parse("2040-01-01T00:00:00Z");
    Backfill remaining =
        store.progress().release(granted.lease(), LeaseRelease.waiting(years, "quota"));
    assertThat(remaining.waitsUntil()).isEqualTo(remaining.updatedAt().plus(Backfill.MAX_WAIT));
    assertThat(store.jobs().due(now, SOURCES, 10)).isEmpty();
    assertThat(store.progress().claimNext(WORKER, SOURCES)).isEmpty();

    database.execute(
        "UPDATE {backfill_progress} SET updated_at = '2020-01-01T00:00:00.000000Z' WHERE id = "
            + backfill.id().value());

    assertThat(store.jobs().due(now, SOURCES, 10)).hasSize(1);
    assertThat(store.jobs().nextDue(SOURCES)).contains(now);
    assertThat(store.progress().claimNext(WORKER, SOURCES)).isPresent();
  }
}
