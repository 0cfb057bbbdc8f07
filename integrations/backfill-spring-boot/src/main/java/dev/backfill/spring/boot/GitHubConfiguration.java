package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.routing.JobRouter;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubActionsDispatcher;
import dev.backfill.github.GitHubApp;
import dev.backfill.github.GitHubIssueReporter;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** GitHub: its client, and the sources, destination and reports that it adds to the manager. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(GitHub.class)
@ConditionalOnProperty(
    prefix = "backfill.github",
    name = "enabled",
    havingValue = "true",
    matchIfMissing = true)
final class GitHubConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  GitHub gitHub(
      BackfillSettings settings,
      BackfillStore store,
      ObjectProvider<GitHubCustomizer> customizers) {
    BackfillSettings.GitHub values = settings.github();
    GitHub.Builder builder =
        GitHub.builder()
            .apiUrl(values.apiUrl().value())
            .tokens(values.allTokens().stream().map(BackfillSettings.Secret::reveal).toList())
            .app(app(values.app()))
            .caFile(values.caFile().value())
            .sharedLimits(store.limits());
    customizers.orderedStream().forEach(each -> each.customize(builder));
    return builder.build();
  }

  private static @Nullable GitHubApp app(BackfillSettings.App app) {
    String id = app.id().value();
    BackfillSettings.Secret key = app.privateKey().value();
    if (id == null || key == null) {
      return null;
    }
    GitHubApp described = GitHubApp.of(id, key.reveal());
    Long installation = app.installation().value();
    return installation == null ? described : described.withInstallation(installation);
  }

  /** Runs before the customizers of the host, which may replace what it sets. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  BackfillManagerCustomizer gitHubOfManager(
      GitHub client,
      BackfillProperties properties,
      BackfillSettings settings,
      BackfillStore store,
      ObjectProvider<FailureReporter> reporters) {
    return builder -> {
      IncludedParts.of(properties.include())
          .sources(client, properties.transport())
          .forEach(builder::source);
      BackfillSettings.Orchestration orchestration = settings.orchestration();
      String workflows = orchestration.actionsRepository().value();
      if (workflows != null) {
        builder
            .router(JobRouter.standard(orchestration.actionsShare().value()))
            .dispatcher(
                GitHubActionsDispatcher.builder(
                        client, workflows, orchestration.actionsWorkflow().value())
                    .ref(orchestration.actionsRef().value())
                    .build());
      }
      String issues = orchestration.issueRepository().value();
      if (issues != null && reporters.stream().findAny().isEmpty()) {
        builder.failureReporter(
            GitHubIssueReporter.builder(client, issues, store.failures()).build());
      }
    };
  }
}
