package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** Times before now by the database's clock, as values, so that an index finds older rows. */
public final class Ages {

  /** The max age; not every database has earlier times, and no row is older. */
  private static final Duration MAX = Duration.ofDays(36_500);

  private Ages() {}

  /** Returns the time that is the given duration before now. */
  public static Instant ago(Connection connection, Tables tables, Duration age)
      throws SQLException {
    return Statements.list(
            connection,
            tables.sql("SELECT {now+millis} AS moment"),
            row -> Objects.requireNonNull(Statements.instant(row, "moment")),
            -(age.compareTo(MAX) < 0 ? age : MAX).toMillis())
        .get(0);
  }
}
