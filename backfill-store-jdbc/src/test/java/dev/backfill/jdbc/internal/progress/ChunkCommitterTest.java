package dev.backfill.jdbc.internal.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a sink's failures become. */
class ChunkCommitterTest {

  private static final SQLException REFUSED = new SQLException("a duplicate key", "23505");

  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:h2:mem:");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private SinkCounts write(Sink<String> sink) throws SQLException {
    return ChunkCommitter.write(connection, sink, List.of("an item"), "the commit of chunk 7");
  }

  private static Sink<String> failing(Exception failure) {
    return (items, transaction) -> {
      throw failure;
    };
  }

  @Test
  void aSinkWritesInTheTransactionOfTheCommit() throws Exception {
    SinkCounts counts = new SinkCounts(1, 0);
    Sink<String> sink =
        (items, transaction) -> {
          assertThat(items).containsExactly("an item");
          assertThat(transaction.unwrap(Connection.class)).containsSame(connection);
          return counts;
        };
    assertThat(write(sink)).isSameAs(counts);
  }

  @Test
  void whatTheDatabaseRefusesIsAPoisonItem() {
    assertThatThrownBy(() -> write(failing(REFUSED)))
        .isInstanceOf(PoisonItemException.class)
        .hasMessageContaining("the commit of chunk 7");
  }

  @Test
  void theDatabasesFailureInAFrameworksOneCounts() {
    assertThatThrownBy(() -> write(failing(new IllegalStateException("wrapped", REFUSED))))
        .isInstanceOf(PoisonItemException.class);
  }

  @Test
  void aFailureWithoutTheDatabasesIsLeftAsItIs() {
    IllegalStateException own = new IllegalStateException("a sink's own", new IOException("disk"));
    assertThatThrownBy(() -> write(failing(own))).isSameAs(own);
  }

  @Test
  void aVerdictOfTheSinkIsLeftAsItIs() {
    TransientFailureException failure = new TransientFailureException("later", REFUSED);
    assertThatThrownBy(() -> write(failing(failure))).isSameAs(failure);
  }

  @Test
  void anInterruptedSinkMayTryAgainAndTheThreadStaysInterrupted() {
    assertThatThrownBy(() -> write(failing(new InterruptedException())))
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("Nothing of it was stored");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anyOtherFailureOfASinkIsPermanent() {
    assertThatThrownBy(() -> write(failing(new IOException("disk"))))
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.STORE_REFUSED))
        .hasMessageContaining("disk");
  }
}
