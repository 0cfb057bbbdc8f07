package dev.backfill.pooler;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PgBouncer in front of a PostgreSQL server, which gives a connection to each transaction. The
 * program is {@code -Dbackfill.pgbouncer}, or one on the path; a test without it is skipped, unless
 * {@code -Dbackfill.pgbouncer.required=true} says that it must be there.
 */
public final class PgBouncer implements AutoCloseable {

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Process process;
  private final int port;

  private PgBouncer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one. A test that can do without asks {@link #isAvailable()} first.
   *
   * @param folder an empty folder for its settings and its log
   * @param postgresPort where the server is, on this machine
   * @param connections how many connections to the server all clients share
   */
  public static PgBouncer start(Path folder, int postgresPort, int connections)
      throws IOException, InterruptedException {
    Path program =
        program().orElseThrow(() -> new AssertionError("PgBouncer is needed, and there is none"));
    int port = freePort();
    Path settings = folder.resolve("pgbouncer.ini");
    Files.writeString(
        settings,
        """
        [databases]
        postgres = host=127.0.0.1 port=%d user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = %d
        max_client_conn = 200
        server_round_robin = 1
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(postgresPort, port, connections));
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      // It refuses to run as root; in a user namespace of its own it is nobody.
      command.addAll(List.of("unshare", "-U"));
    }
    command.addAll(List.of(program.toString(), settings.toString()));
    Path log = folder.resolve("pgbouncer.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    PgBouncer pooler = new PgBouncer(process, port);
    try {
      pooler.awaitListening(log);
      return pooler;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      pooler.close();
      throw e;
    }
  }

  /** Whether there is one. Where it is required, a missing one is found out by starting it. */
  public static boolean isAvailable() {
    return Boolean.getBoolean("backfill.pgbouncer.required") || program().isPresent();
  }

  private static Optional<Path> program() {
    return Optional.ofNullable(System.getProperty("backfill.pgbouncer"))
        .map(Path::of)
        .or(PgBouncer::onThePath);
  }

  private static Optional<Path> onThePath() {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
            Stream.of("/usr/sbin"))
        .map(folder -> Path.of(folder, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitListening(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("PgBouncer does not listen:\n" + Files.readString(log), e);
        }
      }
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  /** Where it listens, without server-side prepared statements, which no connection keeps. */
  public String url() {
    return urlWithPreparedStatements() + "?prepareThreshold=0";
  }

  /** Where it listens, as a driver uses it that nobody told of the pooler. */
  public String urlWithPreparedStatements() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
