package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.SinkCounts;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H2 in the modes of other databases: a store works there, or is refused when it is opened. */
class H2ModeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"Oracle", "MSSQLServer", "MySQL", "MariaDB", "DB2", "Derby", "HSQLDB", "Strict"})
  void aModeOfAnotherDatabaseIsRefusedWhenOpened(String mode) {
    TestDatabase database = TestDatabase.h2With(";MODE=" + mode);

    assertThatThrownBy(() -> JdbcStore.open(database.dataSource()))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("MODE=")
        .hasMessageContaining("Remove MODE from the URL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ";MODE=Regular",
        ";MODE=Legacy",
        ";MODE=PostgreSQL",
        ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
        ";CASE_INSENSITIVE_IDENTIFIERS=TRUE"
      })
  void theOtherModesWork(String settings) throws Exception {
    TestDatabase database = TestDatabase.h2With(settings);
    JdbcStore store = database.install();
    Lease lease = Chunks.claim(store.progress(), "worker");

    for (int number = 1; number <= 2; number++) {
      assertThat(
              store
                  .progress()
                  .commit(
                      lease,
                      Chunks.chunk(
                          number,
                          Chunks.pullRequests(number),
                          List.of(new RejectedItem("k" + number, "no", "{}")),
                          Total.exact(10)),
                      store.pullRequests())
                  .counts())
          .isEqualTo(new SinkCounts(2, 0));
    }
    assertThat(store.progress().quarantined(lease.backfill(), 10)).hasSize(2);
    assertThat(store.progress().release(lease, LeaseRelease.moreToDo()).counters().processed())
        .isEqualTo(6);
    store.installSchema();
  }
}
