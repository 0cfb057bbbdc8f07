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
import java.sql.ResultSet;
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

  /** Scripts only add, so that releases from the first on work beside this one. */
  private static final int COMPATIBLE_FROM = 1;

  private static final int FIRST_THAT_SAYS = 3;

  private static final String VERSIONS =
      "CREATE TABLE IF NOT EXISTS {backfill_schema_version} (version integer PRIMARY KEY,"
          + " installed_at {timestamp} NOT NULL, compatible_from integer)";

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
    execute(connection, tables.sql(VERSIONS));
    for (int version = version(connection) + 1; version <= SCRIPTS.size(); version++) {
      for (String statement : statements(SCRIPTS.get(version - 1))) {
        execute(connection, statement);
      }
      note(connection, version);
      LOG.info("Installed version {} of the schema", version);
    }
    return true;
  }

  /** The versions before the third did not say what they are compatible with. */
  private void note(Connection connection, int version) throws SQLException {
    if (version < FIRST_THAT_SAYS) {
      Statements.update(
          connection,
          tables.sql(
              "INSERT INTO {backfill_schema_version} (version, installed_at) VALUES (?, {now})"),
          version);
    } else {
      Statements.update(
          connection,
          tables.sql(
              "INSERT INTO {backfill_schema_version} (version, installed_at, compatible_from)"
                  + " VALUES (?, {now}, ?)"),
          version,
          COMPATIBLE_FROM);
    }
  }

  private int version(Connection connection) throws SQLException {
    List<Installed> newest =
        Statements.list(
            connection,
            tables.sql("SELECT * FROM {backfill_schema_version} ORDER BY version DESC LIMIT 1"),
            Installed::of);
    if (newest.isEmpty()) {
      return 0;
    }
    Installed installed = newest.get(0);
    if (installed.version() > SCRIPTS.size()) {
      if (installed.compatibleFrom() > SCRIPTS.size()) {
        throw new PermanentFailureException(
            Reason.INCOMPATIBLE,
            "The database has version "
                + installed.version()
                + " of the schema, which works for releases that know version "
                + installed.compatibleFrom()
                + " or a newer one, and this release knows up to "
                + SCRIPTS.size()
                + "; use a newer release, or another schema or table prefix.",
            null);
      }
      LOG.info(
          "A newer release has upgraded the schema to version {}, which works for this one too.",
          installed.version());
    }
    return installed.version();
  }

  /**
   * The newest version in a database.
   *
   * @param version the version
   * @param compatibleFrom the oldest version whose releases it still works for; itself where it
   *     does not say
   */
  private record Installed(int version, int compatibleFrom) {

    static Installed of(ResultSet row) throws SQLException {
      int version = row.getInt("version");
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        if (row.getMetaData().getColumnName(i).equalsIgnoreCase("compatible_from")) {
          int from = row.getInt(i);
          return new Installed(version, row.wasNull() ? version : from);
        }
      }
      return new Installed(version, version);
    }
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
    return List.of(text(dialect, tables, script).strip().split(";\\s*(\\R|$)"));
  }

  private static String text(Dialect dialect, Tables tables, String script) {
    return Scripts.read("schema/" + dialect.scripts() + "/" + script)
        .replace("${schema}", tables.qualifier())
        .replace("${prefix}", tables.prefix());
  }

  /** Everything that {@link #install} would do in an empty database, as one text. */
  public static String script(Dialect dialect, Tables tables) {
    StringBuilder script = new StringBuilder();
    if (tables.schema() != null) {
      script.append("CREATE SCHEMA IF NOT EXISTS ").append(tables.schema()).append(";\n\n");
    }
    script.append(tables.sql(VERSIONS)).append(";\n");
    for (int version = 1; version <= SCRIPTS.size(); version++) {
      script
          .append('\n')
          .append(text(dialect, tables, SCRIPTS.get(version - 1)).strip())
          .append('\n');
    }
    script.append(
        tables.sql(
            "\nINSERT INTO {backfill_schema_version} (version, installed_at, compatible_from)\n"
                + "SELECT version, {now}, "
                + COMPATIBLE_FROM
                + " FROM ("));
    for (int version = 1; version <= SCRIPTS.size(); version++) {
      script.append(version == 1 ? "" : " UNION ALL ").append("SELECT ").append(version);
      script.append(version == 1 ? " AS version" : "");
    }
    return script
        .append(
            tables.sql(
                ") AS installed\nWHERE version NOT IN (SELECT version FROM {backfill_schema_version});\n"))
        .toString();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    Statements.update(connection, sql);
  }
}
