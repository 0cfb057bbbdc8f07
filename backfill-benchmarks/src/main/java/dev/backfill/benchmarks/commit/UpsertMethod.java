package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.PullRequest;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** The ways to send PostgreSQL a chunk of rows for an upsert. */
enum UpsertMethod {
  /** One row a statement, many statements a message. */
  BATCH("JDBC batch") {
    @Override
    void write(Connection connection, List<PullRequest> chunk) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(UpsertStatement.ofValues(1))) {
        for (PullRequest item : chunk) {
          bind(statement, 0, item);
          statement.addBatch();
        }
        statement.executeBatch();
      }
    }
  },

  /** The same code; the driver joins it to statements of up to 128 rows. */
  REWRITTEN_BATCH("JDBC batch, reWriteBatchedInserts") {
    @Override
    void write(Connection connection, List<PullRequest> chunk) throws Exception {
      BATCH.write(connection, chunk);
    }
  },

  /** One statement with all rows, each value a parameter. */
  VALUES("multi-row VALUES") {
    @Override
    void write(Connection connection, List<PullRequest> chunk) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement(UpsertStatement.ofValues(chunk.size()))) {
        for (int i = 0; i < chunk.size(); i++) {
          bind(statement, i * UpsertStatement.COLUMNS.size(), chunk.get(i));
        }
        statement.executeUpdate();
      }
    }
  },

  /** One statement, each column an array; the driver writes all arrays as text. */
  TEXT_ARRAYS("unnest, arrays as text") {
    @Override
    void write(Connection connection, List<PullRequest> chunk) throws SQLException {
      unnest(
          connection,
          chunk,
          UpsertStatement.from(textArrays()),
          values -> Arrays.stream(values).map(UpsertMethod::text).toArray());
    }
  },

  /** The same, but it omits unchanged rows before the insert. */
  FILTERED_TEXT_ARRAYS("unnest, arrays as text, filtered") {
    @Override
    void write(Connection connection, List<PullRequest> chunk) throws SQLException {
      unnest(
          connection,
          chunk,
          UpsertStatement.filteredFrom(textArrays()),
          values -> Arrays.stream(values).map(UpsertMethod::text).toArray());
    }
  },

  /** One statement, each column an array of the kind that the driver sends in binary. */
  BINARY_ARRAYS("unnest, arrays in binary") {
    @Override
    void write(Connection connection, List<PullRequest> chunk) throws SQLException {
      unnest(connection, chunk, UpsertStatement.from(binaryArrays()), UpsertMethod::typed);
    }
  },

  /** The same, but it omits unchanged rows before the insert. */
  FILTERED_BINARY_ARRAYS("unnest, arrays in binary, filtered") {
    @Override
    void write(Connection connection, List<PullRequest> chunk) throws SQLException {
      unnest(connection, chunk, UpsertStatement.filteredFrom(binaryArrays()), UpsertMethod::typed);
    }
  },

  /** COPY to a temporary table, and one statement from there. */
  COPY("COPY to a staging table") {
    @Override
    void prepare(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS staging (LIKE pull_requests)"
                + " ON COMMIT DELETE ROWS");
      }
    }

    @Override
    void write(Connection connection, List<PullRequest> chunk) throws Exception {
      StringBuilder rows = new StringBuilder();
      chunk.forEach(item -> CopyText.append(rows, Rows.values(item)));
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              CopyText.statement("staging", Rows.PULL_REQUEST), new StringReader(rows.toString()));
      try (PreparedStatement statement =
          connection.prepareStatement(UpsertStatement.from("staging AS incoming"))) {
        statement.executeUpdate();
      }
    }
  };

  private final String title;

  UpsertMethod(String title) {
    this.title = title;
  }

  /** Returns its name in tables. */
  String title() {
    return title;
  }

  /** Prepares a connection, once. */
  void prepare(Connection connection) throws SQLException {}

  abstract void write(Connection connection, List<PullRequest> chunk) throws Exception;

  private static void bind(PreparedStatement statement, int offset, PullRequest item)
      throws SQLException {
    Rows.bind(statement, offset, item);
    for (int i = Rows.PULL_REQUEST.size(); i < UpsertStatement.COLUMNS.size(); i++) {
      statement.setNull(offset + i + 1, Types.INTEGER);
    }
  }

  private static void unnest(
      Connection connection,
      List<PullRequest> chunk,
      String sql,
      Function<@Nullable Object[], @Nullable Object[]> arrays)
      throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    chunk.forEach(item -> rows.add(Rows.values(item)));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < UpsertStatement.COLUMNS.size(); i++) {
        @Nullable Object[] column = new @Nullable Object[rows.size()];
        for (int row = 0; row < column.length && i < Rows.PULL_REQUEST.size(); row++) {
          column[row] = rows.get(row)[i];
        }
        String type = type(UpsertStatement.COLUMNS.get(i));
        @Nullable Object[] array = arrays.apply(column);
        boolean moments = type.equals("timestamptz") && array instanceof Long[];
        statement.setArray(i + 1, connection.createArrayOf(moments ? "int8" : type, array));
      }
      statement.executeUpdate();
    }
  }

  private static @Nullable Object text(@Nullable Object value) {
    return value instanceof Instant ? value.toString() : value;
  }

  /** Returns an array of the values' own type, with timestamps as microseconds. */
  private static @Nullable Object[] typed(@Nullable Object[] values) {
    Object first = null;
    for (int i = 0; i < values.length && first == null; i++) {
      first = values[i];
    }
    @Nullable Object[] typed =
        switch (first == null ? "" : first.getClass().getSimpleName()) {
          case "String" -> new @Nullable String[values.length];
          case "Boolean" -> new @Nullable Boolean[values.length];
          case "Long", "Instant" -> new @Nullable Long[values.length];
          default -> new @Nullable Integer[values.length];
        };
    for (int i = 0; i < values.length; i++) {
      typed[i] = values[i] instanceof Instant moment ? (Object) micros(moment) : values[i];
    }
    return typed;
  }

  private static long micros(Instant moment) {
    return moment.getEpochSecond() * 1_000_000 + moment.getNano() / 1_000;
  }

  private static String textArrays() {
    return "unnest(%s) AS incoming (%s)"
        .formatted(
            UpsertStatement.COLUMNS.stream()
                .map(column -> "?::" + type(column) + "[]")
                .collect(Collectors.joining(", ")),
            String.join(", ", UpsertStatement.COLUMNS));
  }

  private static String binaryArrays() {
    String columns =
        UpsertStatement.COLUMNS.stream()
            .map(
                column ->
                    type(column).equals("timestamptz")
                        ? "timestamptz 'epoch' + %1$s * interval '1 microsecond' AS %1$s"
                            .formatted(column)
                        : column)
            .collect(Collectors.joining(", "));
    return "(SELECT %s FROM unnest(%s) AS arrays (%s)) AS incoming"
        .formatted(
            columns,
            UpsertStatement.COLUMNS.stream()
                .map(column -> "?::" + type(column).replace("timestamptz", "int8") + "[]")
                .collect(Collectors.joining(", ")),
            String.join(", ", UpsertStatement.COLUMNS));
  }

  private static String type(String column) {
    return switch (column) {
      case "repository_id", "github_id", "author_id" -> "int8";
      case "number", "additions", "deletions", "changed_files", "commits", "comments" -> "int4";
      case "draft", "merged" -> "bool";
      case "created_at", "updated_at", "merged_at", "closed_at" -> "timestamptz";
      default -> "text";
    };
  }
}
