package dev.backfill.spring.boot;

import dev.backfill.testkit.github.SimulatedGitHub;
import java.util.UUID;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

/** An application with the auto-configurations of the class path and nothing of its own. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class TestApplication {

  /**
   * Returns a runner with a data source on a database of its own, and without all that a start need
   * not wait for.
   */
  static ApplicationContextRunner runner() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(dataSourceAutoConfiguration(), BackfillAutoConfiguration.class))
        .withPropertyValues(
            "spring.datasource.url=" + database(),
            // Nothing listens there: no test of the configuration needs an answer.
            "backfill.github.api-url=http://127.0.0.1:1");
  }

  /** Returns the class, which Spring Boot 4 has moved. */
  private static Class<?> dataSourceAutoConfiguration() {
    String moved = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration";
    return ClassUtils.resolveClassName(
        ClassUtils.isPresent(moved, null)
            ? moved
            : "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
        null);
  }

  static ApplicationContextRunner runner(SimulatedGitHub gitHub) {
    return runner().withPropertyValues("backfill.github.api-url=" + gitHub.url());
  }

  /** Returns the URL of a new database, which lives as long as the JVM. */
  static String database() {
    return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
  }
}
