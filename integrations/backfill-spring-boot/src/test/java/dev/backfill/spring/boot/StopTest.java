package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.store.Backfill;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The start after the web server, and the stop before it and before the connection pool. */
class StopTest {

  private static final Map<String, Boolean> SEEN = new ConcurrentHashMap<>();

  /** An application with a bean between the web server and backfill. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    SmartLifecycle between(ApplicationContext context) {
      // Not a dependency, which would start first in any phase.
      BooleanSupplier backfill = () -> context.getBean(BackfillLifecycle.class).isRunning();
      return new SmartLifecycle() {
        private volatile boolean running;

        @Override
        public void start() {
          SEEN.put(
              "web server before", context.getEnvironment().containsProperty("local.server.port"));
          SEEN.put("backfill before", backfill.getAsBoolean());
          running = true;
        }

        @Override
        public void stop() {
          SEEN.put("backfill at the stop", backfill.getAsBoolean());
          running = false;
        }

        @Override
        public boolean isRunning() {
          return running;
        }

        @Override
        public int getPhase() {
          return DEFAULT_PHASE - 1;
        }
      };
    }
  }

  @Test
  void aStopInTheMiddleOfAHistoryReleasesTheLease() throws Exception {
    String url = TestApplication.database();
    JdbcDataSource other = new JdbcDataSource();
    other.setURL(url);
    other.setUser("sa");
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/large", 5_000))
            .latency(Duration.ofMillis(5), Duration.ofMillis(20))
            .start()) {
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      RunningApplication application =
          RunningApplication.start(
              Application.class,
              "spring.datasource.url=" + url,
              "backfill.github.api-url=" + gitHub.url(),
              "backfill.include=none",
              "backfill.repositories=sim/large");
      JdbcStore store = JdbcStore.open(other);
      try {
        assertThat(SEEN).containsEntry("web server before", true);
        assertThat(SEEN).containsEntry("backfill before", false);
        Eventually.until("a chunk is stored", () -> backfill(store).counters().processed() > 0);
      } finally {
        RunningApplication.withOutput(
            output,
            () -> {
              application.close();
              return null;
            });
      }
      assertThat(SEEN).containsEntry("backfill at the stop", false);
      assertThat(backfill(store).holder()).isNull();
      assertThat(backfill(store).status().isCompleted()).isFalse();
      assertThat(output.toString(StandardCharsets.UTF_8)).doesNotContain("ERROR", "WARN");
    }
  }

  private static Backfill backfill(JdbcStore store) {
    return store.progress().list().get(0);
  }
}
