package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The store is opened after the host's migrations, and does not disturb them. */
class MigrationTest {

  /** A customizer of the store that looks at the database. */
  @Configuration(proxyBeanMethods = false)
  static class Look {

    /** Needs the store before the beans of auto-configurations are created in their order. */
    @Bean
    static Object early(BackfillStore store) {
      return store.progress();
    }

    @Bean
    BackfillStoreCustomizer look(DataSource dataSource) {
      return store -> {
        try (Connection connection = dataSource.getConnection();
            var tables = connection.getMetaData().getTables(null, null, "HOST_BY_%", null)) {
          assertThat(tables.next()).as("the host's table is there").isTrue();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
        return store;
      };
    }
  }

  private static ApplicationContextRunner application() {
    return new ApplicationContextRunner()
        .withUserConfiguration(Look.class, TestApplication.class)
        .withPropertyValues(
            "spring.flyway.enabled=false",
            "spring.liquibase.enabled=false",
            "backfill.github.api-url=http://127.0.0.1:1");
  }

  private static void startTwice(ApplicationContextRunner runner) {
    ApplicationContextRunner same =
        runner.withPropertyValues("spring.datasource.url=" + TestApplication.database());
    same.run(context -> assertThat(context).hasNotFailed());
    same.run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void flywayIsFirst() {
    startTwice(application().withPropertyValues("spring.flyway.enabled=true"));
  }

  @Test
  void liquibaseIsFirst() {
    startTwice(
        application()
            .withPropertyValues(
                "spring.liquibase.enabled=true",
                "spring.liquibase.change-log=classpath:db/changelog/host.sql"));
  }
}
