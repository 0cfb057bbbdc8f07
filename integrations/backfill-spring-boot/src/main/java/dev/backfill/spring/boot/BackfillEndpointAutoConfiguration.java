package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.core.manager.BackfillManager;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The actuator endpoint, if the host exposes it. */
@AutoConfiguration(after = BackfillAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(BackfillManager.class)
@ConditionalOnAvailableEndpoint(endpoint = BackfillEndpoint.class)
public final class BackfillEndpointAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  BackfillEndpoint backfillEndpoint(BackfillStore store, BackfillManager manager) {
    return new BackfillEndpoint(store, manager);
  }
}
