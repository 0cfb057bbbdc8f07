package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.core.manager.BackfillManager;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The health indicator, as Spring Boot 3 has it. */
@AutoConfiguration(after = BackfillAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean({BackfillManager.class, WaitWatch.class})
@ConditionalOnEnabledHealthIndicator("backfill")
public final class BackfillHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "backfillHealthIndicator")
  HealthIndicator backfillHealthIndicator(
      BackfillStore store,
      BackfillManager manager,
      ObjectProvider<BackfillLifecycle> lifecycle,
      WaitWatch watch) {
    BackfillHealth health = new BackfillHealth(store, manager, lifecycle, watch);
    return () -> {
      BackfillHealth.State state = health.state();
      Health.Builder builder = state.up() ? Health.up() : Health.down();
      return builder.withDetails(state.details()).build();
    };
  }
}
