package dev.backfill.spring.boot;

import dev.backfill.core.BackfillEngine;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.micrometer.BackfillMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Meters and observations in the registries of the host. */
@AutoConfiguration(
    after = BackfillAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    })
@ConditionalOnClass({BackfillMetrics.class, MeterRegistry.class, ObservationRegistry.class})
@ConditionalOnBean({BackfillManager.class, MeterRegistry.class})
@ConditionalOnProperty(
    prefix = "backfill.metrics",
    name = "enabled",
    havingValue = "true",
    matchIfMissing = true)
public final class BackfillMetricsAutoConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  BackfillMetrics backfillMetrics(
      MeterRegistry registry,
      ObjectProvider<ObservationRegistry> observations,
      BackfillProperties properties) {
    BackfillMetrics.Builder builder =
        BackfillMetrics.builder(registry).repositoryTag(properties.metrics().repositoryTag());
    observations.ifUnique(builder::observations);
    return builder.build();
  }

  @Bean
  Instrumentation backfillInstrumentation(BackfillMetrics metrics) {
    return new Instrumentation() {
      @Override
      public void instrument(BackfillEngine.Builder engine) {
        metrics.instrument(engine);
      }

      @Override
      public void instrument(BackfillManager.Builder manager) {
        metrics.instrument(manager);
      }

      @Override
      public void bind(BackfillManager manager) {
        metrics.bind(manager);
      }
    };
  }
}
