package dev.backfill.spring.boot;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/**
 * The auto-configuration of backfill: a store in the host's database, a client of GitHub, and a
 * manager that runs with the application. Each bean gives way to one of the host's.
 *
 * <p>It names the configurations of Spring Boot 3 and 4 that create a data source, by their names:
 * each version lacks the classes of the other.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
      "org.springframework.boot.autoconfigure.liquibase.LiquibaseAutoConfiguration",
      "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration"
    })
@ConditionalOnProperty(
    prefix = "backfill",
    name = "enabled",
    havingValue = "true",
    matchIfMissing = true)
@EnableConfigurationProperties(BackfillProperties.class)
@Import({
  SupabaseStoreConfiguration.class,
  JdbcStoreConfiguration.class,
  GitHubConfiguration.class,
  ManagerConfiguration.class
})
public final class BackfillAutoConfiguration {}
