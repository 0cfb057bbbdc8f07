package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import dev.backfill.project.SupabaseProject;
import dev.backfill.supabase.SupabaseStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The store in a Supabase project, where that is what is configured. */
class SupabaseTest {

  private final ApplicationContextRunner withoutDataSource =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(BackfillAutoConfiguration.class))
          .withPropertyValues("backfill.github.api-url=http://127.0.0.1:1");

  @Test
  void theRowsArriveOverRest() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    SupabaseProject.apply(project.owner(), SchemaScripts.supabase(TableNames.DEFAULT));
    try (SimulatedSupabase rest = SimulatedSupabase.over(project.api()).start();
        SimulatedGitHub gitHub = AutoConfigurationTest.gitHub()) {
      withoutDataSource
          .withSystemProperties(
              "SUPABASE_URL=" + rest.url(), "SUPABASE_SERVICE_ROLE_KEY=" + rest.keys().secret())
          .withPropertyValues(
              "backfill.github.api-url=" + gitHub.url(),
              "backfill.include=none",
              "backfill.repositories=sim/one")
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                assertThat(context.getBean(BackfillStore.class)).isInstanceOf(SupabaseStore.class);
                AutoConfigurationTest.awaitCompleted(context, 1);
              });
    }
    assertThat(SupabaseProject.query(project.owner(), "SELECT COUNT(*) FROM pull_requests"))
        .isEqualTo(List.of("30"));
  }

  @Test
  void functionsThatAreMissingFailTheStart() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    try (SimulatedSupabase rest = SimulatedSupabase.over(project.api()).start()) {
      withoutDataSource
          .withPropertyValues(
              "backfill.supabase.url=" + rest.url(),
              "backfill.supabase.service-role-key=" + rest.keys().secret())
          .run(
              context ->
                  assertThat(context.getStartupFailure())
                      .rootCause()
                      .hasMessageContaining("schema --supabase")
                      .hasMessageNotContaining(rest.keys().secret()));
    }
  }

  @Test
  void aDataSourceWinsOverTheVariable() {
    TestApplication.runner()
        .withSystemProperties("SUPABASE_URL=http://127.0.0.1:1", "SUPABASE_SERVICE_ROLE_KEY=x")
        .run(
            context ->
                assertThat(context.getBean(BackfillStore.class)).isInstanceOf(JdbcStore.class));
  }

  @Test
  void thePropertyWinsOverADataSource() {
    TestApplication.runner()
        .withPropertyValues(
            "backfill.supabase.url=http://127.0.0.1:1",
            "backfill.supabase.service-role-key=sb_secret_x",
            "backfill.schema=none",
            "backfill.manager.mode=manual")
        .run(
            context ->
                assertThat(context.getBean(BackfillStore.class)).isInstanceOf(SupabaseStore.class));
  }

  @Test
  void withoutItsKeyTheMessageNamesTheProperty() {
    withoutDataSource
        .withPropertyValues("backfill.supabase.url=http://127.0.0.1:1")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("backfill.supabase.service-role-key"));
  }

  @Test
  void withoutItsModuleTheMessageNamesTheModule() {
    TestApplication.runner()
        .withClassLoader(new FilteredClassLoader(SupabaseStore.class))
        .withPropertyValues("backfill.supabase.url=http://127.0.0.1:1")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("backfill-store-supabase is not on the class path"));
  }
}
