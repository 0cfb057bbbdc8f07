package dev.backfill.cli;

import dev.backfill.testkit.Eventually;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A PostgreSQL server of its own for a test, which can be killed and started again. */
final class PostgresServer implements AutoCloseable {

  static final String USER = "postgres";

  private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  private final EmbeddedPostgres postgres;
  private final Path data;

  private PostgresServer(EmbeddedPostgres postgres) throws SQLException {
    this.postgres = postgres;
    this.data = Path.of(text("SHOW data_directory"));
  }

  /** A killed server keeps what it said it has stored; embedded ones are told not to care. */
  static PostgresServer start() throws IOException, SQLException {
    return new PostgresServer(
        EmbeddedPostgres.builder().setServerConfig("synchronous_commit", "on").start());
  }

  int port() {
    return postgres.getPort();
  }

  String url() {
    return url(port());
  }

  static String url(int port) {
    return "jdbc:postgresql://localhost:%d/postgres".formatted(port);
  }

  /** The arguments that make the program use this database, after those given. */
  String[] with(String... args) {
    return Stream.concat(Stream.of(args), Stream.of("--jdbc-url", url(), "--jdbc-user", USER))
        .toArray(String[]::new);
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), USER, "");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long count(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }

  /** As {@link #count}, and 0 while the tables are yet to be made or the server is down. */
  long countIfPresent(String sql) {
    try {
      return count(sql);
    } catch (SQLException e) {
      return 0;
    }
  }

  String text(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  /** {@code kill -9} of the server and of each of its processes. */
  void kill() throws IOException, InterruptedException {
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    Eventually.until(
        "no process of the server survives kill -9",
        () -> all.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** Starts the killed server on the same data and port; it recovers from its log. */
  void startAgain() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      // The server refuses to run as root; in a user namespace of its own it is nobody.
      command.addAll(List.of("unshare", "-U"));
    }
    Matcher arguments = ARGUMENT.matcher(Files.readString(data.resolve("postmaster.opts")));
    while (arguments.find()) {
      command.add(arguments.group(1) == null ? arguments.group(2) : arguments.group(1));
    }
    Path log = data.resolve("started-again.log");
    Process server =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Eventually.<IOException>until(
        "the server answers again; its log is " + log,
        () -> {
          if (!server.isAlive()) {
            throw new AssertionError("the server ended:\n" + Files.readString(log));
          }
          return countIfPresent("SELECT 1") != 0;
        });
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
