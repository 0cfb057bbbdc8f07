package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.source.PullSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.ManagerRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Settings, engine, manager and lifecycle over the store. */
@Configuration(proxyBeanMethods = false)
final class ManagerConfiguration {

  private static final Duration SHUTDOWN_MARGIN = Duration.ofSeconds(2);

  @Bean
  @ConditionalOnMissingBean
  BackfillSettings backfillSettings(BackfillProperties properties, Environment environment) {
    return PropertySettings.of(properties, environment);
  }

  @Bean
  WaitWatch backfillWaitWatch() {
    return new WaitWatch();
  }

  /** An engine for a host that runs slices by itself; the manager has its own. */
  @Bean(destroyMethod = "close")
  @Lazy
  @ConditionalOnMissingBean
  BackfillEngine backfillEngine(
      BackfillStore store,
      BackfillProperties properties,
      BackfillSettings settings,
      ObjectProvider<BackfillListener> listeners,
      ObjectProvider<FailureReporter> reporters,
      ObjectProvider<Instrumentation> instrumentation,
      ObjectProvider<BackfillEngineCustomizer> customizers) {
    BackfillEngine.Builder builder =
        BackfillEngine.builder(store.progress())
            .settings(settings)
            .lease(properties.manager().lease());
    listeners.orderedStream().forEach(builder::listener);
    reporters.ifUnique(builder::failureReporter);
    instrumentation.ifAvailable(each -> each.instrument(builder));
    customizers.orderedStream().forEach(each -> each.customize(builder));
    return builder.build();
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  BackfillManager backfillManager(
      BackfillStore store,
      BackfillProperties properties,
      BackfillSettings settings,
      Environment environment,
      ObjectProvider<PullSource<?>> sources,
      ObjectProvider<BackfillListener> listeners,
      ObjectProvider<FailureReporter> reporters,
      ObjectProvider<Instrumentation> instrumentation,
      ObjectProvider<BackfillEngineCustomizer> engines,
      ObjectProvider<BackfillManagerCustomizer> customizers) {
    BackfillProperties.Manager values = properties.manager();
    BackfillManager.Builder builder =
        BackfillManager.builder(store)
            .settings(settings)
            .parallelism(values.parallelism())
            .closeTimeout(closeTimeout(values, environment))
            .rules(rules -> rules.withSync(sync(values.syncInterval())))
            .engine(
                engine -> {
                  engine.lease(values.lease());
                  engines.orderedStream().forEach(each -> each.customize(engine));
                  return engine;
                });
    sources.orderedStream().forEach(source -> builder.source(source));
    listeners.orderedStream().forEach(builder::listener);
    reporters.ifUnique(builder::failureReporter);
    instrumentation.ifAvailable(each -> each.instrument(builder));
    customizers.orderedStream().forEach(each -> each.customize(builder));
    BackfillManager manager = builder.build();
    instrumentation.ifAvailable(each -> each.bind(manager));
    return manager;
  }

  /** Leaves Spring a margin: it destroys the connection pool when the phase's time is up. */
  static Duration closeTimeout(BackfillProperties.Manager values, Environment environment) {
    Duration selected = values.shutdownTimeout();
    if (selected != null) {
      return selected;
    }
    Duration phase =
        Binder.get(environment)
            .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
            .orElse(Duration.ofSeconds(30));
    Duration half = phase.dividedBy(2);
    Duration rest = phase.minus(SHUTDOWN_MARGIN);
    Duration timeout = rest.compareTo(half) > 0 ? rest : half;
    return timeout.toMillis() > 0 ? timeout : Duration.ofMillis(1);
  }

  private static ManagerRules.@Nullable Sync sync(Duration min) {
    if (min.isZero()) {
      return null;
    }
    Duration max = ManagerRules.Sync.DEFAULT.max();
    return new ManagerRules.Sync(min, min.compareTo(max) > 0 ? min : max);
  }

  @Bean
  @ConditionalOnMissingBean
  BackfillLifecycle backfillLifecycle(
      BackfillManager manager,
      BackfillStore store,
      BackfillProperties properties,
      BackfillSettings settings,
      ListableBeanFactory beans,
      ObjectProvider<BackfillLifecycleCustomizer> customizers) {
    BackfillLifecycle.Builder builder =
        BackfillLifecycle.builder(manager, store)
            .loop(
                properties.manager().mode() == BackfillProperties.Mode.AUTO
                    && settings.enabled().value())
            .repositories(properties.repositories())
            .report(() -> new StartReport(properties, settings, beans).text());
    customizers.orderedStream().forEach(each -> each.customize(builder));
    return builder.build();
  }
}
