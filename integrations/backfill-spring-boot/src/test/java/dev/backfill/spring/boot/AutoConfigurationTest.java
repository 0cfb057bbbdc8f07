package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The beans, and which of the host's replace or change them. */
class AutoConfigurationTest {

  private final ApplicationContextRunner runner = TestApplication.runner();

  @Test
  void aDataSourceIsEnoughForAllBeans() {
    runner.run(
        context -> {
          assertThat(context)
              .hasNotFailed()
              .hasSingleBean(BackfillStore.class)
              .hasSingleBean(GitHub.class)
              .hasSingleBean(BackfillSettings.class)
              .hasSingleBean(BackfillManager.class)
              .hasSingleBean(BackfillLifecycle.class);
          assertThat(context.getBean(BackfillStore.class)).isInstanceOf(JdbcStore.class);
          assertThat(context.getBean(BackfillStore.class).progress().list()).isEmpty();
          assertThat(context.getBean(BackfillManager.class).isRunning()).isTrue();
        });
  }

  @Test
  void theEngineIsCreatedForAHostThatUsesIt() {
    runner.run(
        context -> {
          ConfigurableListableBeanFactory beans =
              context.getSourceApplicationContext().getBeanFactory();
          assertThat(beans.containsSingleton("backfillEngine")).isFalse();
          assertThat(context.getBean(BackfillEngine.class).worker())
              .isNotEqualTo(context.getBean(BackfillManager.class).worker());
        });
  }

  @Test
  void switchedOffItConfiguresNothing() {
    runner
        .withPropertyValues("backfill.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(BackfillStore.class)
                    .doesNotHaveBean(GitHub.class)
                    .doesNotHaveBean(BackfillManager.class)
                    .doesNotHaveBean(BackfillLifecycle.class));
  }

  @Test
  void beansOfTheHostWin() {
    runner
        .withUserConfiguration(HostBeans.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean(BackfillStore.class)).isInstanceOf(InMemoryStore.class);
              assertThat(context.getBean(GitHub.class).toString()).contains("127.0.0.1:2");
              assertThat(context).hasSingleBean(BackfillManager.class).hasBean("hostManager");
              assertThat(context).hasSingleBean(BackfillEngine.class).hasBean("hostEngine");
              assertThat(context.getBean(BackfillLifecycle.class).getPhase()).isEqualTo(7);
              assertThat(context.getBean(BackfillSettings.class).chunkSize().value()).isEqualTo(9);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class HostBeans {

    @Bean
    BackfillStore hostStore() {
      return new InMemoryStore();
    }

    @Bean
    GitHub hostGitHub() {
      return GitHub.builder().apiUrl(java.net.URI.create("http://127.0.0.1:2")).build();
    }

    @Bean
    BackfillSettings hostSettings() {
      return BackfillSettings.builder().set(BackfillSettings.CHUNK_SIZE, "9").build();
    }

    @Bean
    BackfillEngine hostEngine(BackfillStore store) {
      return BackfillEngine.builder(store.progress()).build();
    }

    @Bean
    BackfillManager hostManager(BackfillStore store, GitHub gitHub) {
      return BackfillManager.builder(store.progress(), store.jobs())
          .source(
              gitHub.pullRequests(), (items, transaction) -> dev.backfill.api.store.SinkCounts.NONE)
          .build();
    }

    @Bean
    BackfillLifecycle hostLifecycle(BackfillManager manager, BackfillStore store) {
      return BackfillLifecycle.builder(manager, store).phase(7).build();
    }
  }

  @Test
  void customizersChangeEachBeanAndListenersHearOfTheWork() {
    try (SimulatedGitHub gitHub = gitHub()) {
      TestApplication.runner(gitHub)
          .withUserConfiguration(Customizers.class)
          .withPropertyValues("backfill.include=none", "backfill.repositories=sim/one")
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                Customizers.Calls calls = context.getBean(Customizers.Calls.class);
                awaitCompleted(context, 2);
                assertThat(calls.order).contains("store", "github", "manager", "lifecycle");
                // The manager's engine; the bean is created on demand.
                assertThat(calls.engines).hasValue(1);
                context.getBean(BackfillEngine.class);
                assertThat(calls.engines).hasValue(2);
                assertThat(context.getBean(BackfillLifecycle.class).getPhase()).isEqualTo(99);
                Eventually.until(
                    "the listener has heard of a chunk",
                    () ->
                        calls.events.stream()
                            .anyMatch(BackfillEvent.ChunkCommitted.class::isInstance));
              });
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Customizers {

    static final class Calls {
      final List<String> order = new CopyOnWriteArrayList<>();
      final List<BackfillEvent> events = new CopyOnWriteArrayList<>();
      final AtomicInteger engines = new AtomicInteger();
    }

    @Bean
    Calls calls() {
      return new Calls();
    }

    @Bean
    BackfillStoreCustomizer storeCustomizer(Calls calls) {
      return store -> {
        calls.order.add("store");
        return store;
      };
    }

    @Bean
    GitHubCustomizer gitHubCustomizer(Calls calls) {
      return builder -> calls.order.add("github");
    }

    @Bean
    BackfillEngineCustomizer engineCustomizer(Calls calls) {
      return builder -> calls.engines.incrementAndGet();
    }

    @Bean
    BackfillManagerCustomizer managerCustomizer(Calls calls) {
      return builder -> calls.order.add("manager");
    }

    @Bean
    BackfillLifecycleCustomizer lifecycleCustomizer(Calls calls) {
      return builder -> {
        calls.order.add("lifecycle");
        builder.phase(99).repositories(List.of("sim/two"));
      };
    }

    @Bean
    BackfillListener listener(Calls calls) {
      return calls.events::add;
    }
  }

  @Test
  void aSourceOfTheHostIsReadBesideGitHubs() {
    runner
        .withBean(
            "letters",
            dev.backfill.api.source.PullSource.class,
            () ->
                dev.backfill.core.Sources.paged("archive:letters", (target, cursor, size) -> null))
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("no tables for the items of archive:letters"));
  }

  @Test
  void inManualModeTheHostRunsTheJobs() {
    try (SimulatedGitHub gitHub = gitHub()) {
      TestApplication.runner(gitHub)
          .withPropertyValues(
              "backfill.manager.mode=manual",
              "backfill.include=none",
              "backfill.repositories=sim/one")
          .run(
              context -> {
                BackfillManager manager = context.getBean(BackfillManager.class);
                assertThat(manager.isRunning()).isFalse();
                assertThat(context.getBean(BackfillStore.class).jobs().list()).hasSize(1);
                assertThat(manager.runDue().completed()).isEqualTo(1);
              });
    }
  }

  @Test
  void disabledByTheEnvironmentNothingRuns() {
    runner
        .withSystemProperties(BackfillSettings.ENABLED + "=false")
        .withPropertyValues("backfill.repositories=sim/one")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean(BackfillManager.class).isRunning()).isFalse();
              assertThat(context.getBean(BackfillStore.class).jobs().list()).isNotEmpty();
            });
  }

  @Test
  void aContextThatStartsAgainKeepsItsManagerStopped() {
    runner.run(
        context -> {
          ConfigurableApplicationContext started = context.getSourceApplicationContext();
          BackfillManager manager = context.getBean(BackfillManager.class);
          started.stop();
          assertThat(manager.isRunning()).isFalse();
          started.start();
          assertThat(manager.isRunning()).isFalse();
          assertThat(context.getBean(BackfillLifecycle.class).isRunning()).isFalse();
        });
  }

  @Test
  void theStopTakesLessThanItsPhase() {
    runner
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=3s")
        .run(
            context ->
                assertThat(
                        ManagerConfiguration.closeTimeout(
                            context.getBean(BackfillProperties.class).manager(),
                            context.getEnvironment()))
                    .isEqualTo(Duration.ofMillis(1_500)));
    runner.run(
        context ->
            assertThat(
                    ManagerConfiguration.closeTimeout(
                        context.getBean(BackfillProperties.class).manager(),
                        context.getEnvironment()))
                .isEqualTo(Duration.ofSeconds(28)));
  }

  @Test
  void aTrackedRepositoryKeepsItsSpelling() {
    String database = "spring.datasource.url=" + TestApplication.database();
    ApplicationContextRunner same =
        runner.withPropertyValues(
            database, "backfill.manager.mode=manual", "backfill.include=none");
    same.withPropertyValues("backfill.repositories=Sim/One").run(context -> {});
    same.withPropertyValues("backfill.repositories=sim/one")
        .run(
            context ->
                assertThat(context.getBean(BackfillStore.class).progress().list())
                    .singleElement()
                    .satisfies(
                        backfill -> assertThat(backfill.key().target()).isEqualTo("Sim/One")));
  }

  @Test
  void theTablesAreWhereThePropertiesPutThem() {
    runner
        .withPropertyValues("backfill.tables.schema=history", "backfill.tables.prefix=gh_")
        .run(
            context ->
                assertThat(
                        new JdbcTemplate(context.getBean(DataSource.class))
                            .queryForObject(
                                "SELECT COUNT(*) FROM history.gh_pull_requests", Long.class))
                    .isZero());
  }

  @Test
  void aSchemaThatIsValidatedHasToBeThere() {
    ApplicationContextRunner same =
        runner.withPropertyValues("spring.datasource.url=" + TestApplication.database());
    same.withPropertyValues("backfill.schema=validate")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .isInstanceOf(PermanentFailureException.class)
                    .hasMessageContaining("The database has no tables of backfill"));
    same.run(context -> assertThat(context).hasNotFailed());
    same.withPropertyValues("backfill.schema=validate")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void withoutSchemaNothingIsInstalled() {
    runner
        .withPropertyValues("backfill.schema=none", "backfill.manager.mode=manual")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(
                      new JdbcTemplate(context.getBean(DataSource.class))
                          .queryForObject(
                              "SELECT COUNT(*) FROM information_schema.tables"
                                  + " WHERE table_schema = 'PUBLIC'",
                              Long.class))
                  .isZero();
            });
  }

  static SimulatedGitHub gitHub() {
    return SimulatedGitHub.builder()
        .repository(SimulatedRepository.of("sim/one", 30))
        .repository(SimulatedRepository.of("sim/two", 3))
        .start();
  }

  static void awaitCompleted(AssertableApplicationContext context, int backfills)
      throws InterruptedException {
    BackfillStore store = context.getBean(BackfillStore.class);
    Eventually.until(
        backfills + " backfills are complete",
        () ->
            store.progress().list().stream()
                    .filter(each -> each.status() == BackfillStatus.COMPLETED)
                    .count()
                == backfills);
  }
}
