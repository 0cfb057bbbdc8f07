package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.jdbc.TableNames;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The store in a database of the host. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({JdbcStore.class, DataSource.class})
@ConditionalOnMissingBean(BackfillStore.class)
final class JdbcStoreConfiguration {

  @Bean
  @DependsOnDatabaseInitialization
  BackfillStore backfillStore(
      BackfillProperties properties,
      @BackfillDataSource ObjectProvider<DataSource> marked,
      ObjectProvider<DataSource> all,
      ListableBeanFactory beans,
      ObjectProvider<BackfillStoreCustomizer> customizers) {
    if (properties.supabase().url() != null) {
      throw new InvalidConfigurationException(
          OnSupabase.PROPERTY
              + " is set, and backfill-store-supabase is not on the class path. Nothing was"
              + " started. Add it, or unset the property.");
    }
    BackfillProperties.Tables tables = properties.tables();
    JdbcStore opened =
        JdbcStore.open(
            HostDataSource.choose(marked, all, beans),
            new TableNames(tables.schema(), tables.prefix()));
    switch (properties.schema()) {
      case INSTALL -> opened.installSchema();
      case VALIDATE -> opened.requireSchema();
      case NONE -> {}
    }
    return CustomizedStore.of(opened, customizers);
  }
}
