package dev.backfill.jdbc.internal.schema;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the scripts that a database has not seen yet. Every script can run twice, so that a database
 * that commits each definition by itself is safe too when several processes install at once.
 */
public final class SchemaInstaller {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaInstaller.class);

  /** The scripts in order; a database's version is how many of them it has seen. */
  private static final List<String> SCRIPTS =
      List.of("V001__progress.sql", "V002__history.sql", "V003__verification_and_audit.sql");

  private static final String ACTION = "the installation of the schema";
  private static final int ATTEMPTS = 20;

  /** An embedded database has all its users here, and H2 checks names before it locks them. */
  private static final Object IN_THIS_PROCESS = new Object();

  private final Transactions transactions;
  private final Dialect dialect;
  private final Tables tables;

  /** Creates it. */
  public SchemaInstaller(Transactions transactions, Dialect dialect, Tables tables) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.tables = tables;
  }

  /** Makes sure that the schema is there in this release's version. */
  public void install() {
    synchronized (IN_THIS_PROCESS) {
      if (installedVersion() < SCRIPTS.size()) {
        installAmongOthers();
      }
    }
  }

  private void installAmongOthers() {
    for (int attempt = 1; ; attempt++) {
      try {
        transactions.run(ACTION, this::install);
        return;
      } catch (BackfillException e) {
        if (attempt == ATTEMPTS || !SqlFailures.isAlreadyThere(e.getCause())) {
          throw e;
        }
        LOG.debug("Another process installs the schema too, attempt {}", attempt, e);
      }
    }
  }

  private int installedVersion() {
    try {
      return transactions.read(ACTION, c -> isThere(c) ? version(c) : 0);
    } catch (PermanentFailureException e) {
      if (SqlFailures.isMissingTable(e.getCause())) {
        return 0;
      }
      throw e;
    }
  }

  /** Asks first: an error about a missing table would stand in the database's log. */
  private boolean isThere(Connection connection) throws SQLException {
    return !Statements.list(
            connection,
            dialect.findTable(),
            row -> true,
            tables.prefix() + "backfill_schema_version")
        .isEmpty();
  }

  private boolean install(Connection connection) throws SQLException {
    String lock = dialect.installLock();
    if (lock != null) {
      Statements.list(connection, lock, row -> true, tables.name("backfill_schema_version"));
    }
    createSchema(connection);
    execute(
        connection,
        tables.sql(
            "CREATE TABLE IF NOT EXISTS {backfill_schema_version} (version integer PRIMARY KEY,"
                + " installed_at {timestamp} NOT NULL)"));
    for (int version = version(connection) + 1; version <= SCRIPTS.size(); version++) {
      for (String statement : statements(SCRIPTS.get(version - 1))) {
        execute(connection, statement);
      }
      Statements.update(
          connection,
          tables.sql("INSERT INTO {backfill_schema_version} VALUES (?, {now})"),
          version);
      LOG.info("Installed version {} of the schema", version);
    }
    return true;
  }

  private int version(Connection connection) throws SQLException {
    int version =
        Statements.list(
                connection,
                tables.sql("SELECT COALESCE(MAX(version), 0) FROM {backfill_schema_version}"),
                row -> row.getInt(1))
            .get(0);
    if (version > SCRIPTS.size()) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "The database has version "
              + version
              + " of the schema and this release knows up to "
              + SCRIPTS.size()
              + "; use a newer release, or another schema or table prefix.",
          null);
    }
    return version;
  }

  /** Asks first: creating needs a right that the owner of an existing schema may not have. */
  private void createSchema(Connection connection) throws SQLException {
    String schema = tables.schema();
    if (schema != null
        && Statements.list(
                connection,
                "SELECT 1 FROM information_schema.schemata WHERE LOWER(schema_name) = ?",
                row -> true,
                schema)
            .isEmpty()) {
      execute(connection, "CREATE SCHEMA IF NOT EXISTS " + schema);
    }
  }

  private List<String> statements(String script) {
    String path = "/dev/backfill/jdbc/schema/" + dialect.scripts() + "/" + script;
    try (InputStream stream = SchemaInstaller.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + path);
      }
      String text =
          new String(stream.readAllBytes(), StandardCharsets.UTF_8)
              .replace("${schema}", tables.qualifier())
              .replace("${prefix}", tables.prefix());
      return List.of(text.strip().split(";\\s*(\\R|$)"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    Statements.update(connection, sql);
  }
}
