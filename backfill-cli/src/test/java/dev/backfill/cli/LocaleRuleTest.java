package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No text that is stored, sent, parsed or shown depends on the locale of the machine. */
class LocaleRuleTest {

  private static final Path ROOT = Path.of("..");

  private static final List<String> MODULES =
      List.of(
          "backfill-api",
          "backfill-core",
          "backfill-github-http",
          "backfill-store-jdbc",
          "backfill-cli",
          "integrations/backfill-micrometer");

  /** A text that writes a number, in the digits of the locale where none is named. */
  private static final Pattern NUMBER =
      Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*%[-+ 0,(]*\\d*(?:d|\\.\\d+f)(?!\\w)");

  private static final Pattern BY_LOCALE =
      Pattern.compile(
          "\\.to(?:Lower|Upper)Case\\(\\)|new DecimalFormat|NumberFormat\\.get"
              + "|String\\.format\\((?!\\s*Locale\\.)|ofPattern\\(\"[^\"]*\"\\)");

  @Test
  void noTextDependsOnTheLocale() throws IOException {
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          assertThat(offences(Files.readString(file))).as(file.toString()).isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "return \"chunk %d\".formatted(3);",
        "return String.format(\"%,.1f items\", rate);",
        "return name.toUpperCase();",
        "DateTimeFormatter.ofPattern(\"HH:mm\")"
      })
  void theRuleFindsWhatItIsFor(String source) {
    assertThat(offences(source)).isNotEmpty();
  }

  /** The digits of a text are those of a locale that its statement names. */
  private static List<String> offences(String source) {
    return Stream.concat(
            BY_LOCALE.matcher(source).results().map(result -> result.group()),
            NUMBER
                .matcher(source)
                .results()
                .filter(result -> !statement(source, result.start()).contains("Locale.ROOT"))
                .map(result -> result.group()))
        .toList();
  }

  private static String statement(String source, int end) {
    Matcher boundary = Pattern.compile("[;{}]\\s*\n").matcher(source);
    int start = 0;
    while (boundary.find() && boundary.start() < end) {
      start = boundary.end();
    }
    return source.substring(start, end);
  }
}
