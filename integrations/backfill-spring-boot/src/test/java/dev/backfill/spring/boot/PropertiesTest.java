package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.github.GitHub;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The properties: their rules, the variables behind them, their metadata and their page. */
class PropertiesTest {

  private static final Path PAGE = Path.of("..", "..", "docs", "spring-boot.md");

  private final ApplicationContextRunner runner =
      TestApplication.runner().withPropertyValues("backfill.manager.mode=manual");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "backfill.chunk-size=0; backfill.chunk-size is \"0\"",
        "backfill.retention-days=-1; backfill.retention-days is \"-1\"",
        "backfill.github.api-url=ftp://x; backfill.github.api-url must be an address such as",
        "backfill.github.app-id=1; backfill.github.app-id is set without the App's private key. Nothing was started. Set backfill.github.app-private-key or",
        "backfill.actions.share=101; backfill.actions.share is \"101.0\"",
        "backfill.issues.repository=x; backfill.issues.repository is \"x\"",
        "backfill.manager.parallelism=0; backfill.manager.parallelism is 0",
        "backfill.manager.sync-interval=-1s; backfill.manager.sync-interval",
        "backfill.manager.lease=10ms; backfill.manager.lease",
        "backfill.manager.shutdown-timeout=0s; backfill.manager.shutdown-timeout",
        "backfill.include=details,nothing; backfill.include contains \"nothing\"",
        "backfill.tables.prefix=A; The table prefix is \"A\"",
        "backfill.repositories=nonsense; The repository is \"nonsense\"",
      })
  void aWrongValueFailsTheStartAndIsNamed(String property, String message) {
    runner
        .withPropertyValues(property)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("InvalidConfigurationException: " + message));
  }

  @Test
  void anUnknownNameOfAChoiceFailsTheStart() {
    runner
        .withPropertyValues("backfill.schema=perhaps")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("perhaps"));
  }

  @Test
  void aVariableCountsWhereNoPropertyIsSet() {
    runner
        .withSystemProperties(
            "BACKFILL_RETENTION_DAYS=7", "GITHUB_TOKENS=t1,t2", "BACKFILL_ACTIONS_SHARE=50")
        .withPropertyValues(
            "backfill.retention-days=8", "backfill.github.token=t3", "backfill.chunk-size=12")
        .run(
            context -> {
              BackfillSettings settings = context.getBean(BackfillSettings.class);
              assertThat(settings.orchestration().retentionDays().value()).isEqualTo(8);
              assertThat(settings.chunkSize().value()).isEqualTo(12);
              assertThat(settings.github().allTokens()).hasSize(3);
              assertThat(settings.orchestration().actionsShare().value()).isEqualTo(50);
            });
  }

  @Test
  void theMessageForAVariableNamesTheVariable() {
    runner
        .withSystemProperties("BACKFILL_RETENTION_DAYS=x")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("BACKFILL_RETENTION_DAYS is \"x\""));
  }

  @Test
  void noTextContainsASecret() {
    runner
        .withPropertyValues("backfill.github.token=secret1", "backfill.github.tokens=secret2")
        .run(
            context -> {
              assertThat(context.getBean(BackfillProperties.class).toString())
                  .doesNotContain("secret");
              assertThat(context.getBean(BackfillSettings.class).effective().toString())
                  .doesNotContain("secret");
              assertThat(context.getBean(GitHub.class).toString()).doesNotContain("secret");
            });
  }

  @Test
  void thePageHasThePropertiesOfTheMetadataAndNoOther() throws IOException {
    Map<String, JsonNode> properties = metadata();
    TreeMap<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("| `backfill.")) {
        String[] cells = line.split("\\|", -1);
        rows.put(cells[1].strip().replace("`", ""), line);
      }
    }
    assertThat(rows.keySet()).isEqualTo(new TreeSet<>(properties.keySet()));
    properties.forEach(
        (name, property) -> {
          assertThat(property.path("description").asText()).as(name).isNotBlank();
          String value = property.path("defaultValue").asText("");
          assertThat(rows.get(name)).contains(value.isEmpty() ? name : "`" + value + "`");
        });
  }

  @Test
  void everyVariableHasAPropertyExceptThoseOfTheDatabase() throws IOException {
    String descriptions =
        metadata().values().stream()
            .map(property -> property.path("description").asText())
            .collect(Collectors.joining(" "));
    BackfillSettings defaults = BackfillSettings.builder().build();
    for (BackfillSettings.Setting<?> each : defaults.effective()) {
      if (!each.name().contains("JDBC") && !each.name().equals(BackfillSettings.ENABLED)) {
        assertThat(descriptions).contains(each.name());
      }
    }
  }

  /** Returns backfill's own properties from the jar's metadata. */
  private static Map<String, JsonNode> metadata() throws IOException {
    Map<String, JsonNode> properties = new TreeMap<>();
    String name = "META-INF/spring-configuration-metadata.json";
    for (URL file : Collections.list(PropertiesTest.class.getClassLoader().getResources(name))) {
      try (InputStream json = file.openStream()) {
        for (JsonNode each : new ObjectMapper().readTree(json).path("properties")) {
          if (each.path("name").asText().startsWith("backfill.")) {
            properties.put(each.path("name").asText(), each);
          }
        }
      }
    }
    assertThat(properties).isNotEmpty();
    return properties;
  }
}
