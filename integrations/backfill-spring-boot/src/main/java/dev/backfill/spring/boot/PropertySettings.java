package dev.backfill.spring.boot;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.config.BackfillSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** The settings from the properties, and from the environment variables that they fall back to. */
final class PropertySettings {

  /** Variables without a property: the host's data source is its own. */
  private static final List<String> VARIABLES =
      List.of(BackfillSettings.ENABLED, BackfillSettings.SUPABASE_SECRET_KEY);

  private final Map<String, Value> values = new LinkedHashMap<>();

  /** A property, its name and its value. */
  private record Value(String property, @Nullable String text) {}

  private PropertySettings(BackfillProperties properties) {
    BackfillProperties.GitHub github = properties.github();
    put(BackfillSettings.CHUNK_SIZE, "chunk-size", properties.chunkSize());
    put(BackfillSettings.RETENTION_DAYS, "retention-days", properties.retentionDays());
    put(BackfillSettings.API_URL, "github.api-url", github.apiUrl());
    put(BackfillSettings.TOKEN, "github.token", github.token());
    put(
        BackfillSettings.TOKENS,
        "github.tokens",
        github.tokens().isEmpty() ? null : String.join(",", github.tokens()));
    put(BackfillSettings.APP_ID, "github.app-id", github.appId());
    put(BackfillSettings.APP_PRIVATE_KEY, "github.app-private-key", github.appPrivateKey());
    put(
        BackfillSettings.APP_PRIVATE_KEY_FILE,
        "github.app-private-key-file",
        github.appPrivateKeyFile());
    put(
        BackfillSettings.APP_INSTALLATION_ID,
        "github.app-installation-id",
        github.appInstallationId());
    put(BackfillSettings.CA_FILE, "github.ca-file", github.caFile());
    put(BackfillSettings.SUPABASE_URL, "supabase.url", properties.supabase().url());
    put(
        BackfillSettings.SUPABASE_KEY,
        "supabase.service-role-key",
        properties.supabase().serviceRoleKey());
    put(
        BackfillSettings.ACTIONS_REPOSITORY,
        "actions.repository",
        properties.actions().repository());
    put(BackfillSettings.ACTIONS_WORKFLOW, "actions.workflow", properties.actions().workflow());
    put(BackfillSettings.ACTIONS_REF, "actions.ref", properties.actions().ref());
    put(BackfillSettings.ACTIONS_SHARE, "actions.share", properties.actions().share());
    put(BackfillSettings.ISSUE_REPOSITORY, "issues.repository", properties.issues().repository());
  }

  private void put(String variable, String property, @Nullable Object value) {
    values.put(
        variable, new Value("backfill." + property, value == null ? null : value.toString()));
  }

  /**
   * Returns the settings; a property wins over the variable.
   *
   * @throws InvalidConfigurationException if a value breaks its rule; the message names the
   *     property if it is the property's
   */
  static BackfillSettings of(BackfillProperties properties, Environment environment) {
    return new PropertySettings(properties).settings(environment);
  }

  private BackfillSettings settings(Environment environment) {
    Map<String, String> variables = new HashMap<>();
    VARIABLES.forEach(name -> copy(environment, name, variables));
    values.keySet().forEach(name -> copy(environment, name, variables));
    BackfillSettings.Builder builder = BackfillSettings.builder().environment(variables);
    values.forEach((name, value) -> builder.set(name, value.text()));
    try {
      return builder.build();
    } catch (InvalidConfigurationException e) {
      throw new InvalidConfigurationException(named(Objects.requireNonNull(e.getMessage())), e);
    }
  }

  private static void copy(Environment environment, String name, Map<String, String> variables) {
    String value = environment.getProperty(name);
    if (value != null) {
      variables.put(name, value);
    }
  }

  /** Returns a message with the names of the properties, if it is about one that is set. */
  private String named(String message) {
    boolean ofProperty =
        values.entrySet().stream()
            .anyMatch(
                each ->
                    each.getValue().text() != null && name(each.getKey()).matcher(message).find());
    String text = message;
    if (ofProperty) {
      for (Map.Entry<String, Value> each : values.entrySet()) {
        text = name(each.getKey()).matcher(text).replaceAll(each.getValue().property());
      }
    }
    return text;
  }

  private static Pattern name(String variable) {
    return Pattern.compile("\\b" + variable + "\\b");
  }
}
