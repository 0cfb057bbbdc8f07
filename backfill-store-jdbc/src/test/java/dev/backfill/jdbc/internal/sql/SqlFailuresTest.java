package dev.backfill.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFailuresTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", "08001", "08003", "08006", "08P01", "40001", "40P01", "53200", "53300", "55P03",
        "25006", "25P03", "25P04", "57014", "57P01", "57P02", "57P03", "HYT00", "90067", "90098",
        "90020", "90121"
      })
  void theseAreWorthAnotherTry(String state) {
    assertThat(translate(state)).isInstanceOf(TransientFailureException.class);
    assertThat(translateWrite(state)).isInstanceOf(TransientFailureException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"22001", "22021", "22P02", "23502", "23503", "23505", "23514"})
  void theseBlameAnItemOnlyWhereItemsAreWritten(String state) {
    assertThat(translateWrite(state)).isInstanceOf(PoisonItemException.class);
    assertThat(translate(state)).isInstanceOf(PermanentFailureException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "28P01, password",
    "28000, password",
    "3D000, Create the database",
    "90146, Create the database",
    "42501, Grant",
    "90096, Grant",
    "42703, installSchema",
    "53100, disk",
    "90097, writes",
    "26000, prepareThreshold=0",
    "42P05, prepareThreshold=0"
  })
  void theseArePermanentAndNameTheFix(String state, String advice) {
    assertThat(translateWrite(state))
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> assertThat(e.reason()).isEqualTo(PermanentFailureException.Reason.STORE_REFUSED))
        .hasMessageContaining(advice);
  }

  @ParameterizedTest
  @ValueSource(strings = {"42P01", "3F000", "42S02", "42S03", "42S04", "90079"})
  void withoutATableTheStoreIsNotInstalled(String state) {
    assertThat(translate(state))
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> assertThat(e.reason()).isEqualTo(PermanentFailureException.Reason.NOT_INSTALLED))
        .hasMessageContaining("installSchema");
  }

  @ParameterizedTest
  @ValueSource(strings = {"42601", "XX000", "0A000", "99999"})
  void theRestIsPermanent(String state) {
    assertThat(translateWrite(state)).isInstanceOf(PermanentFailureException.class);
  }

  @Test
  void aStatementPreparedBeforeANewColumnIsRetried() {
    SQLException changed =
        new SQLException("ERROR: cached plan must not change result type", "0A000");
    assertThat(SqlFailures.translate("the commit", changed))
        .isInstanceOf(TransientFailureException.class);
    assertThat(SqlFailures.translateWrite("the commit", changed))
        .isInstanceOf(TransientFailureException.class);
  }

  @Test
  void aServerThatRefusesWritesIsRetriedAndNamesTheFix() {
    assertThat(translateWrite("25006"))
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("A retry may succeed.")
        .hasMessageContaining("accepts writes");
  }

  /** A server may speak another language ({@code lc_messages}). */
  @ParameterizedTest
  @CsvSource({
    "40001, konnte Zugriff nicht serialisieren, TRANSIENT",
    "40P01, Verklemmung entdeckt, TRANSIENT",
    "55P03, konnte Sperre nicht setzen, TRANSIENT",
    "25006, in einer Read-Only-Transaktion nicht möglich, TRANSIENT",
    "0A000, gespeicherter Plan darf den Ergebnistyp nicht ändern, TRANSIENT",
    "53100, konnte Datei nicht erweitern, PERMANENT",
    "42P01, Relation existiert nicht, PERMANENT",
    "28P01, Passwort-Authentifizierung fehlgeschlagen, PERMANENT"
  })
  void theLanguageOfAMessageDecidesNothing(String state, String message, String kind) {
    assertThat(SqlFailures.translate("the claim", new SQLException(message, state)))
        .isInstanceOf(
            kind.equals("TRANSIENT")
                ? TransientFailureException.class
                : PermanentFailureException.class);
    assertThat(SqlFailures.alreadyExists(new SQLException("Relation existiert bereits", "42P07")))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "HY000, No space left on device",
    "90098, No space left on device",
    "90031, Disk quota exceeded",
    "90028, There is not enough space on the disk"
  })
  void aFullDiskIsFoundBehindAnyErrorOfH2(String state, String reason) {
    Throwable store = new IllegalStateException("Writing failed", new IOException(reason));
    SQLException closed = new SQLException("The database has been closed", state, store);
    SQLException pool = new SQLTransientConnectionException("no connection", null, closed);
    for (SQLException failure : List.of(closed, pool)) {
      assertThat(SqlFailures.translateWrite("the commit", failure))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("disk space");
    }
  }

  @Test
  void aLibraryThatCannotBeLoadedNamesTheFix() {
    Throwable link = new UnsatisfiedLinkError("failed to map segment from shared object");
    assertThat(
            SqlFailures.translate(
                "the connection", new SQLException("Error opening connection", link)))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("org.sqlite.tmpdir")
        .hasMessageContaining("noexec");
  }

  @Test
  void whatAPoolWrapsIsFound() {
    SQLException wrong = new SQLException("FATAL: password authentication failed", "28P01");
    SQLException pool = new SQLTransientConnectionException("no connection", null, wrong);
    assertThat(SqlFailures.translate("the claim", pool))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("password");
    assertThat(SqlFailures.translate("the claim", new SQLTransientConnectionException("none")))
        .isInstanceOf(TransientFailureException.class);
  }

  @Test
  void whatABatchWrapsIsFound() {
    BatchUpdateException batch = new BatchUpdateException("a batch failed", new int[0]);
    batch.setNextException(new SQLException("value too long", "22001"));
    assertThat(SqlFailures.translateWrite("the commit", batch))
        .isInstanceOf(PoisonItemException.class);
  }

  @Test
  void theMessageIsASentenceWithoutPasswords() {
    SQLException failure = new SQLException("no: x?password=secret&y=1\nmore", "08001");
    assertThat(SqlFailures.translate("the claim of backfill 3", failure).getMessage())
        .isEqualTo(
            "The database could not do the claim of backfill 3 (08001): no:"
                + " x?password=***&y=1. A retry may succeed.");
    assertThat(SqlFailures.translate("the claim", new SQLException((String) null)).getMessage())
        .doesNotContain("null");
  }

  private static BackfillException translate(String state) {
    return SqlFailures.translate("the claim", new SQLException("reason", state));
  }

  private static BackfillException translateWrite(String state) {
    return SqlFailures.translateWrite("the commit", new SQLException("reason", state));
  }
}
