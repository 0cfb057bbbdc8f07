package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.supabase.SupabaseStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** The store in a Supabase project, over its REST API. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(SupabaseStore.class)
@ConditionalOnMissingBean(BackfillStore.class)
@Conditional(OnSupabase.class)
final class SupabaseStoreConfiguration {

  @Bean(destroyMethod = "close")
  SupabaseConnection backfillSupabaseConnection(
      BackfillProperties properties, BackfillSettings settings) {
    return SupabaseConnection.open(properties.tables(), settings.database());
  }

  /** The closing of the connection ends its calls. */
  @Bean(destroyMethod = "")
  BackfillStore backfillStore(
      SupabaseConnection connection,
      BackfillProperties properties,
      ObjectProvider<BackfillStoreCustomizer> customizers) {
    SupabaseStore opened = connection.store();
    if (properties.schema() != BackfillProperties.Schema.NONE) {
      // The REST API cannot create tables. This call fails, with the fix, if its function is
      // missing.
      opened.progress().currentTime();
    }
    return CustomizedStore.of(opened, customizers);
  }
}
