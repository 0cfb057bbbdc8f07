package dev.backfill.core.config;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reader of GitHub's credentials. No message repeats a secret. */
final class GitHubValues {

  private GitHubValues() {}

  static BackfillSettings.@Nullable Secret token(String name, String text) {
    String token = text.strip();
    if (!token.matches("[\\x21-\\x7e]+")) {
      throw new InvalidConfigurationException(
          name
              + " holds a blank or a character that no token has. Nothing was started. Copy the"
              + " token again.");
    }
    return new BackfillSettings.Secret(token);
  }

  static List<BackfillSettings.Secret> tokens(String name, String text) {
    List<String> tokens =
        Arrays.stream(text.split(",")).map(String::strip).filter(each -> !each.isEmpty()).toList();
    if (tokens.isEmpty() || !tokens.stream().allMatch(each -> each.matches("[\\x21-\\x7e]+"))) {
      throw new InvalidConfigurationException(
          name
              + " must be tokens with commas between them. There is none, or one holds a blank or a"
              + " character that no token has. Nothing was started; copy the tokens again.");
    }
    return tokens.stream().distinct().map(BackfillSettings.Secret::new).toList();
  }

  static @Nullable String appId(String name, String text) {
    String id = text.strip();
    if (!id.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new InvalidConfigurationException(
          "%s is \"%s\"; it must be the client id or the number that the App's page on GitHub shows."
              .formatted(name, text));
    }
    return id;
  }

  static @Nullable Long installation(String name, String text) {
    String number = text.strip();
    if (!number.matches("[1-9][0-9]{0,17}")) {
      throw new InvalidConfigurationException(
          "%s is \"%s\"; it must be a positive whole number, the last part of the address of the installation's settings."
              .formatted(name, text));
    }
    return Long.parseLong(number, 10);
  }

  static BackfillSettings.@Nullable Secret key(String name, String text) {
    String pem = text.replace("\\r", "").replace("\\n", "\n").strip();
    if (!pem.startsWith("-----BEGIN ") || !pem.endsWith("-----") || !pem.contains("KEY-----")) {
      throw new InvalidConfigurationException(
          name
              + " must be the whole text of the App's .pem file, from -----BEGIN RSA PRIVATE"
              + " KEY----- to its -----END line. Nothing was started. Copy it again; line ends may be"
              + " written as \\n.");
    }
    return new BackfillSettings.Secret(pem);
  }

  static BackfillSettings.@Nullable Secret keyFile(String name, String text) {
    String content;
    try {
      content = Files.readString(Path.of(text.strip()));
    } catch (IOException | InvalidPathException e) {
      throw new InvalidConfigurationException(
          "%s is \"%s\"; it must be the path of the App's .pem file. The file cannot be read, and nothing was started. Correct the path or the file's rights."
              .formatted(name, text),
          e);
    }
    return key(name, content);
  }

  static @Nullable Path caFile(String name, String text) {
    try {
      Path file = Path.of(text.strip());
      if (Files.isReadable(file) && !Files.isDirectory(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw notReadable(name, text);
    }
    throw notReadable(name, text);
  }

  private static InvalidConfigurationException notReadable(String name, String text) {
    return new InvalidConfigurationException(
        "%s is \"%s\", which is no readable file. Nothing was started. Give the path of a PEM file with the certificates of the authorities."
            .formatted(name, text));
  }

  /** Checks for values that have no meaning alone. */
  static BackfillSettings.App complete(BackfillSettings.App app, boolean keyTwice) {
    boolean hasId = app.id().value() != null;
    boolean hasKey = app.privateKey().value() != null;
    if (keyTwice) {
      throw new InvalidConfigurationException(
          "%s and %s are both set; only one may hold the App's private key. Nothing was started. Unset the other."
              .formatted(BackfillSettings.APP_PRIVATE_KEY, BackfillSettings.APP_PRIVATE_KEY_FILE));
    }
    if (hasId && !hasKey) {
      throw new InvalidConfigurationException(
          "%s is set without the App's private key. Nothing was started. Set %s or %s too, or unset it."
              .formatted(
                  app.id().name(),
                  BackfillSettings.APP_PRIVATE_KEY,
                  BackfillSettings.APP_PRIVATE_KEY_FILE));
    }
    if (!hasId && (hasKey || app.installation().value() != null)) {
      throw new InvalidConfigurationException(
          "%s is set without the App's id. Nothing was started. Set %s too, or unset it."
              .formatted(
                  hasKey ? app.privateKey().name() : app.installation().name(),
                  BackfillSettings.APP_ID));
    }
    return app;
  }
}
