package dev.backfill.project;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A PostgREST over a project's database. The program is {@code -Dbackfill.postgrest}, which {@code
 * .ci/postgrest} provides; a test without it is skipped. With {@code
 * -Dbackfill.postgrest.required=true} such a test fails.
 */
public final class PostgrestProcess implements AutoCloseable {

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Process process;
  private final int port;
  private final int adminPort;
  private final Path folder;

  private PostgrestProcess(Process process, int port, int adminPort, Path folder) {
    this.process = process;
    this.port = port;
    this.adminPort = adminPort;
    this.folder = folder;
  }

  /** Returns true if tests must run on it: the program is present, or required. */
  public static boolean isAvailable() {
    return Boolean.getBoolean("backfill.postgrest.required") || program().isPresent();
  }

  /**
   * Starts one and waits until it has loaded the database's functions.
   *
   * @param project the database
   * @param jwtSecret the secret that signs its tokens; at least 32 characters
   * @return the running server
   */
  public static PostgrestProcess start(SupabaseProject project, String jwtSecret)
      throws IOException, InterruptedException {
    Path program =
        program()
            .orElseThrow(
                () ->
                    new AssertionError(
                        "PostgREST is required: set -Dbackfill.postgrest to the program that"
                            + " .ci/postgrest prints"));
    int port = freePort();
    int adminPort = freePort();
    Path folder = Files.createTempDirectory("postgrest");
    Path settings = folder.resolve("postgrest.conf");
    Files.writeString(
        settings,
        """
        db-uri = "%s"
        db-schemas = "public"
        db-extra-search-path = "public"
        db-anon-role = "anon"
        db-max-rows = 1000
        jwt-secret = "%s"
        server-host = "127.0.0.1"
        server-port = %d
        admin-server-port = %d
        """
            .formatted(project.apiUri(), jwtSecret, port, adminPort));
    Process process =
        new ProcessBuilder(program.toString(), settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("postgrest.log").toFile())
            .start();
    PostgrestProcess server = new PostgrestProcess(process, port, adminPort, folder);
    try {
      server.awaitReady();
      return server;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /** Returns the address, below which {@code /rpc/FUNCTION} is. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private static Optional<Path> program() {
    return Optional.ofNullable(System.getProperty("backfill.postgrest")).map(Path::of);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError(
            "PostgREST is not ready:\n" + Files.readString(folder.resolve("postgrest.log")));
      }
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  /** Asks its own health check, which answers 200 once the functions are loaded. */
  private boolean isReady() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + adminPort + "/ready").toURL().openConnection();
      connection.setConnectTimeout(2_000);
      connection.setReadTimeout(2_000);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      // It does not listen yet.
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    try {
      for (String file : new String[] {"postgrest.conf", "postgrest.log"}) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
