package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** Moments by the database's clock, as values: an index then finds what is older. */
public final class Ages {

  /** Beyond it lies nothing, and not each database knows so early a moment. */
  private static final Duration MAX = Duration.ofDays(36_500);

  private Ages() {}

  /** The moment that lies so long ago. */
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
