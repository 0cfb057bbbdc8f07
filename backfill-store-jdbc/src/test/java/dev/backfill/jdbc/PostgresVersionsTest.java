package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ProgressStoreContract;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oldest and the newest PostgreSQL; the profile postgres-versions runs more on all of them. */
@Order(2)
class PostgresVersionsTest {

  private static final String OLDEST = "14";
  private static final String NEWEST = "18";

  @ParameterizedTest
  @ValueSource(strings = {OLDEST, NEWEST})
  void theServerIsOfThatVersion(String major) throws SQLException {
    assertThat(TestDatabase.postgres(PostgresServer.version(major)).value("SHOW server_version"))
        .startsWith(major + ".");
  }

  @Nested
  class ContractOnTheOldest extends Contract {
    ContractOnTheOldest() {
      super(OLDEST);
    }
  }

  @Nested
  class CommitsOnTheOldest extends AbstractHistoryCommitTest {
    @Override
    TestDatabase database() {
      return TestDatabase.postgres(PostgresServer.version(OLDEST));
    }
  }

  @Nested
  class HistoryOnTheOldest extends AbstractHistoryTest {
    @Override
    TestDatabase database() {
      return TestDatabase.postgres(PostgresServer.version(OLDEST));
    }
  }

  @Nested
  class ContractOnTheNewest extends Contract {
    ContractOnTheNewest() {
      super(NEWEST);
    }
  }

  @Nested
  class CommitsOnTheNewest extends AbstractHistoryCommitTest {
    @Override
    TestDatabase database() {
      return TestDatabase.postgres(PostgresServer.version(NEWEST));
    }
  }

  @Nested
  class HistoryOnTheNewest extends AbstractHistoryTest {
    @Override
    TestDatabase database() {
      return TestDatabase.postgres(PostgresServer.version(NEWEST));
    }
  }

  private abstract static class Contract extends ProgressStoreContract {

    private final TestDatabase database;

    Contract(String major) {
      database = TestDatabase.postgres(PostgresServer.version(major));
    }

    @Override
    protected ProgressStore store() {
      return database.install().progress();
    }

    @Override
    protected void expireLease(BackfillId id) throws SQLException {
      database.expireLease(id);
    }
  }
}
