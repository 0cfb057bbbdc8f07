package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import dev.backfill.core.manager.BackfillManager;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** The choice of the data source. */
class DataSourceTest {

  private final ApplicationContextRunner runner =
      TestApplication.runner().withPropertyValues("backfill.include=none");

  private static JdbcDataSource newDatabase() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL(TestApplication.database());
    return database;
  }

  private static boolean hasTables(AssertableApplicationContext context, String bean) {
    return new JdbcTemplate(context.getBean(bean, DataSource.class))
            .queryForObject(
                "SELECT COUNT(*) FROM information_schema.tables"
                    + " WHERE LOWER(table_name) = 'pull_requests'",
                Integer.class)
        == 1;
  }

  @Test
  void withSeveralTheMessageNamesThemAndTheFix() {
    runner
        .withUserConfiguration(Two.class)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("several DataSources (orders, archive)")
                    .hasMessageContaining("@BackfillDataSource"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Two {

    @Bean
    DataSource orders() {
      return newDatabase();
    }

    @Bean
    DataSource archive() {
      return newDatabase();
    }
  }

  @Test
  void theMarkedOneIsUsed() {
    runner
        .withUserConfiguration(Marked.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(hasTables(context, "archive")).isTrue();
              assertThat(hasTables(context, "orders")).isFalse();
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Marked {

    @Bean
    @Primary
    DataSource orders() {
      return newDatabase();
    }

    @Bean
    @BackfillDataSource
    DataSource archive() {
      return newDatabase();
    }
  }

  @Test
  void ofSeveralThePrimaryOneIsUsed() {
    runner
        .withUserConfiguration(WithPrimary.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(hasTables(context, "orders")).isTrue();
              assertThat(hasTables(context, "archive")).isFalse();
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class WithPrimary {

    @Bean
    @Primary
    DataSource orders() {
      return newDatabase();
    }

    @Bean
    DataSource archive() {
      return newDatabase();
    }
  }

  @Test
  void withoutAnyTheMessageNamesTheFix() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(BackfillAutoConfiguration.class))
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("The application has no DataSource")
                    .hasMessageContaining("spring.datasource.url"));
  }

  @Test
  void aTransactionOfTheHostIsNotJoined() {
    runner
        .withUserConfiguration(TransactionAware.class)
        .withPropertyValues("backfill.manager.mode=manual")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              BackfillManager manager = context.getBean(BackfillManager.class);
              new TransactionTemplate(context.getBean(DataSourceTransactionManager.class))
                  .executeWithoutResult(
                      status -> {
                        // Opens the host's connection.
                        context.getBean(JdbcTemplate.class).execute("CREATE TABLE host (id int)");
                        manager.track("sim/kept");
                        status.setRollbackOnly();
                      });
              assertThat(context.getBean(BackfillStore.class).jobs().list()).hasSize(1);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class TransactionAware {

    @Bean
    DataSource dataSource() {
      return new TransactionAwareDataSourceProxy(new LazyConnectionDataSourceProxy(newDatabase()));
    }

    @Bean
    DataSourceTransactionManager transactionManager(DataSource dataSource) {
      return new DataSourceTransactionManager(dataSource);
    }

    @Bean
    JdbcTemplate jdbcTemplate(DataSource dataSource) {
      return new JdbcTemplate(dataSource);
    }
  }
}
