package dev.backfill.jdbc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;
import javax.sql.DataSource;

/**
 * A PostgreSQL server, at most one of each version in a JVM, whose shutdown hook stops it.
 *
 * @param embedded the server
 * @param pool a pool of its connections
 */
record PostgresServer(EmbeddedPostgres embedded, DataSource pool) {

  /** Names the major version for all tests that name none; the profile postgres-versions does. */
  private static final String VERSION = System.getProperty("backfill.postgres", "");

  private static final Map<String, PostgresServer> SERVERS = new ConcurrentHashMap<>();

  /** The server of all tests that name no version. */
  static PostgresServer shared() {
    return SERVERS.computeIfAbsent(VERSION, PostgresServer::start);
  }

  /** A server of that major version, of which Maven has put the binaries under target. */
  static PostgresServer version(String major) {
    assumeTrue(
        Files.exists(binaries(major)),
        "mvn generate-test-resources fetches the binaries of PostgreSQL " + major);
    return SERVERS.computeIfAbsent(major, PostgresServer::start);
  }

  private static Path binaries(String major) {
    return Path.of("target", "postgres", major + ".jar");
  }

  private static PostgresServer start(String major) {
    try {
      EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setServerConfig("fsync", "off");
      if (!major.isEmpty()) {
        builder.setPgBinaryResolver((system, machine) -> archive(binaries(major)));
      }
      EmbeddedPostgres embedded = builder.start();
      return new PostgresServer(embedded, pool(embedded));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream archive(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return new ByteArrayInputStream(
          file.getInputStream(
                  file.stream()
                      .filter(entry -> entry.getName().endsWith(".txz"))
                      .findFirst()
                      .orElseThrow())
              .readAllBytes());
    }
  }

  private static DataSource pool(EmbeddedPostgres embedded) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(embedded.getPostgresDatabase());
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }
}
