package dev.backfill.jdbc.internal.schema;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The installation of the scripts that a database lacks. Every script can run twice. Thus several
 * processes can install at once, also in a database that commits each definition by itself.
 */
public final class SchemaInstaller {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaInstaller.class);

  /** The newest version that this release knows. */
  private static final int KNOWN = SchemaVersion.ALL.size();

  private static final String ACTION = "the installation of the schema";
  private static final int ATTEMPTS = 20;

  /**
   * The lock of this process: all users of an embedded database are here, and H2 checks names
   * before it locks them.
   */
  private static final Object IN_THIS_PROCESS = new Object();

  private final Transactions transactions;
  private final Dialect dialect;
  private final Tables tables;
  private final SchemaStatements statements;

  /** Creates it. */
  public SchemaInstaller(Transactions transactions, Dialect dialect, Tables tables) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.tables = tables;
    this.statements = new SchemaStatements(dialect, tables);
  }

  /** Installs the schema, unless it has this release's version or a compatible one. */
  public void install() {
    synchronized (IN_THIS_PROCESS) {
      if (installedVersion() < KNOWN) {
        installAmongOthers();
      }
    }
  }

  /** Refuses a database that {@link #install} would change. */
  public void require() {
    int installed = installedVersion();
    if (installed < KNOWN) {
      throw new PermanentFailureException(
          Reason.NOT_INSTALLED,
          (installed == 0
                  ? "The database has no tables of backfill"
                  : "The database has version " + installed + " of backfill's schema")
              + ", and this release needs version "
              + KNOWN
              + ". Nothing was changed. Call installSchema(), or apply the statements that `backfill"
              + " schema` prints.",
          null);
    }
  }

  private void installAmongOthers() {
    for (int attempt = 1; ; attempt++) {
      try {
        transactions.run(ACTION, this::install);
        return;
      } catch (BackfillException e) {
        if (attempt == ATTEMPTS || !SqlFailures.alreadyExists(e.getCause())) {
          throw e;
        }
        LOG.debug("Another process installs the schema too, attempt {}", attempt, e);
      }
    }
  }

  private int installedVersion() {
    try {
      return transactions.read(ACTION, c -> isInstalled(c) ? version(c) : 0);
    } catch (PermanentFailureException e) {
      if (e.reason() == Reason.NOT_INSTALLED) {
        return 0;
      }
      throw e;
    }
  }

  /**
   * Returns true if the table of versions exists. A query on a missing table would leave an error
   * in the database's log.
   */
  private boolean isInstalled(Connection connection) throws SQLException {
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
    execute(connection, statements.createVersionTable());
    int before = version(connection);
    if (before >= KNOWN) {
      return false;
    }
    List<SchemaVersion> missing = SchemaVersion.ALL.subList(before, KNOWN);
    for (SchemaVersion version : missing) {
      for (String statement : statements.of(version)) {
        execute(connection, statement);
      }
      remember(connection, version);
    }
    if (dialect.mayBeSupabase()) {
      execute(connection, new SupabaseAccess(statements).protect(missing));
      installFunctions(connection);
    }
    return true;
  }

  /** Installs what calls over REST need, in a project that has such calls. */
  private void installFunctions(Connection connection) throws SQLException {
    if (!Statements.list(connection, SupabaseFunctions.IS_PROJECT, row -> true).isEmpty()) {
      for (String statement : new SupabaseFunctions(statements).statements()) {
        execute(connection, statement);
      }
      execute(connection, SupabaseFunctions.RELOAD);
    }
  }

  private void remember(Connection connection, SchemaVersion version) throws SQLException {
    if (version.number() < SchemaVersion.FIRST_WITH_COMPATIBILITY) {
      Statements.update(
          connection,
          tables.sql(
              "INSERT INTO {backfill_schema_version} (version, installed_at) VALUES (?, {now})"),
          version.number());
    } else {
      Statements.update(
          connection,
          tables.sql(
              "INSERT INTO {backfill_schema_version} (version, installed_at, compatible_from)"
                  + " VALUES (?, {now}, ?)"),
          version.number(),
          version.compatibleFrom());
    }
    LOG.info("Installed version {} of the schema", version.number());
  }

  private int version(Connection connection) throws SQLException {
    int version =
        Statements.list(
                connection,
                tables.sql("SELECT COALESCE(MAX(version), 0) FROM {backfill_schema_version}"),
                row -> row.getInt(1))
            .get(0);
    if (version > KNOWN) {
      requireCompatible(connection, version);
    }
    return version;
  }

  /**
   * Refuses a schema that is too new. A newer release stores the oldest version of nodes that work
   * with its tables.
   */
  private void requireCompatible(Connection connection, int version) throws SQLException {
    int oldest =
        Statements.list(
                connection,
                tables.sql(
                    "SELECT COALESCE(compatible_from, version) FROM {backfill_schema_version}"
                        + " WHERE version = ?"),
                row -> row.getInt(1),
                version)
            .get(0);
    if (oldest > KNOWN) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "The database has version "
              + version
              + " of the schema, which needs a release that knows version "
              + oldest
              + " or a later one. This release knows up to "
              + KNOWN
              + ". Nothing was changed. Use a newer release, or another schema or table prefix.",
          null);
    }
    LOG.info(
        "The database has version {} of the schema; this release knows up to {} and works with it",
        version,
        KNOWN);
  }

  /**
   * Creates the schema if it is missing. The owner of an existing schema may lack the right to
   * create.
   */
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

  private static void execute(Connection connection, String sql) throws SQLException {
    Statements.update(connection, sql);
  }
}
