package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.core.config.BackfillSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * The line of the log at the start: what was configured, what was left out, and why.
 *
 * @param properties the properties
 * @param settings the settings
 * @param beans the beans, of which none is created for this
 */
record StartReport(
    BackfillProperties properties, BackfillSettings settings, ListableBeanFactory beans) {

  private static final String ACTUATOR =
      "org.springframework.boot.actuate.endpoint.annotation.Endpoint";
  private static final String METERS = "io.micrometer.core.instrument.MeterRegistry";
  private static final String METRICS = "dev.backfill.micrometer.BackfillMetrics";
  private static final String GITHUB = "dev.backfill.github.GitHub";

  String text() {
    List<String> parts = new ArrayList<>();
    List<String> omitted = new ArrayList<>();
    parts.add(
        beans.getBean(BackfillStore.class).getClass().getSimpleName()
            + " (schema="
            + lowerCase(properties.schema())
            + ")");
    gitHub(parts, omitted);
    parts.add(
        properties.repositories().isEmpty()
            ? "no repository in backfill.repositories"
            : "tracked " + String.join(", ", properties.repositories()));
    manager(parts, omitted);
    optional("backfillHealthIndicator", "health", "management.health", parts, omitted);
    optional(
        "backfillEndpoint",
        "actuator endpoint",
        "management.endpoints.web.exposure.include or management.endpoint.backfill.access",
        parts,
        omitted);
    metrics(parts, omitted);
    return "Backfill: "
        + String.join("; ", parts)
        + "."
        + (omitted.isEmpty() ? "" : " Left out: " + String.join("; ", omitted) + ".");
  }

  private void gitHub(List<String> parts, List<String> omitted) {
    if (!isPresent(GITHUB)) {
      omitted.add("GitHub (no backfill-github-http on the class path)");
    } else if (!properties.github().enabled()) {
      omitted.add("GitHub (backfill.github.enabled=false)");
    } else {
      int tokens = settings.github().allTokens().size();
      boolean app = settings.github().app().id().value() != null;
      String credentials =
          tokens == 0 && !app
              ? "without a token, so 60 requests an hour and public repositories only: set"
                  + " backfill.github.token or GITHUB_TOKEN"
              : (app ? "as an App" : "")
                  + (app && tokens > 0 ? " and " : "")
                  + (tokens > 0 ? "with " + tokens + (tokens == 1 ? " token" : " tokens") : "");
      parts.add("GitHub at " + settings.github().apiUrl().value() + " " + credentials);
    }
  }

  private void manager(List<String> parts, List<String> omitted) {
    BackfillProperties.Manager manager = properties.manager();
    if (!settings.enabled().value()) {
      omitted.add("the manager's loop (" + BackfillSettings.ENABLED + "=false)");
    } else if (manager.mode() == BackfillProperties.Mode.MANUAL) {
      omitted.add("the manager's loop (backfill.manager.mode=manual)");
    } else {
      parts.add("manager started, " + manager.parallelism() + " slices at once");
    }
  }

  private void metrics(List<String> parts, List<String> omitted) {
    if (beans.containsBean("backfillMetrics")) {
      parts.add("metrics");
    } else if (!properties.metrics().enabled()) {
      omitted.add("metrics (backfill.metrics.enabled=false)");
    } else if (!isPresent(METERS)) {
      omitted.add("metrics (no Micrometer on the class path)");
    } else if (!isPresent(METRICS)) {
      omitted.add("metrics (no backfill-micrometer on the class path)");
    } else {
      omitted.add("metrics (no MeterRegistry)");
    }
  }

  private void optional(
      String bean, String name, String properties, List<String> parts, List<String> omitted) {
    if (beans.containsBean(bean)) {
      parts.add(name);
    } else if (isPresent(ACTUATOR)) {
      omitted.add(name + " (see " + properties + ")");
    } else {
      omitted.add(name + " (no Spring Boot Actuator on the class path)");
    }
  }

  private boolean isPresent(String type) {
    return ClassUtils.isPresent(type, beans.getClass().getClassLoader());
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
