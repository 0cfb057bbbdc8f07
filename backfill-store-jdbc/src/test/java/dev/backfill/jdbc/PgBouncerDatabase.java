package dev.backfill.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.pooler.PgBouncer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;

/** Databases of the one server of this JVM, seen through a pooler with three connections. */
final class PgBouncerDatabase {

  private static final int CONNECTIONS = 3;

  private PgBouncerDatabase() {}

  /** Started by the first test that needs it, and ended with the JVM. */
  private static final class Pooled {
    static final PgBouncer POOLER = start();
    static final DataSource DATA_SOURCE = pool(POOLER.url());

    private static PgBouncer start() {
      try {
        Path folder = Files.createTempDirectory("pgbouncer");
        PgBouncer pooler = PgBouncer.start(folder, TestDatabase.server().getPort(), CONNECTIONS);
        Runtime.getRuntime().addShutdownHook(new Thread(pooler::close));
        return pooler;
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static DataSource pool(String url) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(url);
      config.setUsername("postgres");
      config.setMaximumPoolSize(16);
      config.setMinimumIdle(0);
      return new HikariDataSource(config);
    }
  }

  static TestDatabase create() {
    Assumptions.assumeTrue(
        PgBouncer.isAvailable(),
        "there is no pgbouncer on the path, so nothing is tried through a pooler");
    return TestDatabase.postgres().with(Pooled.DATA_SOURCE);
  }

  static PgBouncer pooler() {
    create();
    return Pooled.POOLER;
  }
}
