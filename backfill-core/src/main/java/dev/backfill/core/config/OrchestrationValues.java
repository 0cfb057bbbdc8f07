package dev.backfill.core.config;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.math.BigDecimal;

/** Reader of the variables for orchestration. */
final class OrchestrationValues {

  private OrchestrationValues() {}

  static String repository(String name, String text) {
    String repository = text.strip();
    if (!repository.matches("[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")) {
      throw new InvalidConfigurationException(
          "%s is \"%s\"; it must be a repository such as owner/name.".formatted(name, text));
    }
    return repository;
  }

  static String workflow(String name, String text) {
    String file = text.strip();
    if (!file.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new InvalidConfigurationException(
          "%s is \"%s\"; it must be the name of a file in .github/workflows, such as %s."
              .formatted(name, text, BackfillSettings.DEFAULT_WORKFLOW));
    }
    return file;
  }

  static String ref(String name, String text) {
    String ref = text.strip();
    if (ref.length() > 255 || ref.matches(".*\\s.*")) {
      throw new InvalidConfigurationException(
          "%s is \"%s\"; it must be a branch or a tag, such as main.".formatted(name, text));
    }
    return ref;
  }

  static double share(String name, String text) {
    if (text.strip().matches("[0-9]{1,3}(\\.[0-9]{1,3})?")) {
      double share = new BigDecimal(text.strip()).doubleValue();
      if (share <= 100) {
        return share;
      }
    }
    throw new InvalidConfigurationException(
        "%s is \"%s\"; it must be a number from 0 to 100, the share of all repositories in percent."
            .formatted(name, text));
  }

  static int days(String name, String text) {
    if (text.strip().matches("[0-9]{1,5}") && Integer.parseInt(text.strip(), 10) <= 36_500) {
      return Integer.parseInt(text.strip(), 10);
    }
    throw new InvalidConfigurationException(
        "%s is \"%s\". No rows were removed. Set whole days from 1 to 36500, or 0 for ever."
            .formatted(name, text));
  }
}
