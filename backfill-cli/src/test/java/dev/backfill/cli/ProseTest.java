package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.cli.command.BackfillCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * The prose rules of {@code CONTRIBUTING.md} that can be counted. A new rule is a constant of
 * {@link Rule}, with the reason in its words.
 */
class ProseTest {

  private static final Path ROOT = Path.of("..");

  /** Modules whose Javadoc users read. */
  private static final List<String> MODULES =
      List.of(
          "backfill-api",
          "backfill-core",
          "backfill-github-http",
          "backfill-store-jdbc",
          "backfill-store-supabase",
          "backfill-testkit",
          "backfill-cli",
          "examples",
          "examples/spring-boot",
          "integrations/backfill-micrometer",
          "integrations/backfill-spring-boot");

  /** Pages that quote former wording, or list it. */
  private static final List<String> HISTORIES = List.of("CHANGELOG.md");

  /** Words that hide who acts or what happens, and how many of 1,000 words of Javadoc may be so. */
  private enum Rule {
    /** A type is a noun phrase and a method a verb; a question word begins neither. */
    QUESTION_AT_THE_START("\\A(What|Whether|Who|How|Where|When|Why)\\b", 0.3),

    /** The actor is a user, an operator, a caller, the engine, another worker or GitHub. */
    UNNAMED_ACTOR(
        "(?i)\\b(somebody|someone|nobody|whoever|everybody|anybody|persons?|people)\\b", 0.1),

    /** Data contains and returns; only users and texts say something. */
    DATA_THAT_SPEAKS("(?i)\\b(tells?|told|telling|says?|said|saying)\\b", 0.3),

    /** Fetch, continue, track: one word for one concept. */
    VAGUE_VERB(
        "(?i)\\b(bring|brings|bringing|brought|go on|goes on|going on|gone on|went on|looks? after"
            + "|looked after|looking after)\\b",
        0.1);

    private final Pattern pattern;
    private final double limit;

    Rule(String pattern, double limit) {
      this.pattern = Pattern.compile(pattern);
      this.limit = limit;
    }

    List<String> in(String text) {
      return pattern.matcher(text).results().map(match -> around(text, match)).toList();
    }

    private static String around(String text, MatchResult match) {
      int begin = Math.max(0, match.start() - 40);
      int end = Math.min(text.length(), match.end() + 40);
      return text.substring(begin, end).replaceAll("\\s+", " ");
    }
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void javadocKeepsToTheRules(Rule rule) throws IOException {
    assertKept(rule, sources(MODULES), ProseTest::javadoc, 40_000);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void pagesKeepToTheRules(Rule rule) throws IOException {
    assertKept(rule, pages(), page -> List.of(prose(page)), 10_000);
  }

  /** Counts in all texts of files, which have more than a number of words. */
  private static void assertKept(
      Rule rule, List<Path> files, Function<String, List<String>> texts, long minWords)
      throws IOException {
    List<String> found = new ArrayList<>();
    long words = 0;
    for (Path file : files) {
      for (String text : texts.apply(Files.readString(file))) {
        words += words(text);
        rule.in(text).forEach(match -> found.add(file.getFileName() + ": " + match));
      }
    }
    assertThat(words).isGreaterThan(minWords);
    assertThat(found.size() * 1_000.0 / words)
        .as("%s in 1,000 words: %s", rule, String.join("\n", found))
        .isLessThanOrEqualTo(rule.limit);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void theReadmeKeepsToTheRulesEverywhere(Rule rule) throws IOException {
    assertThat(rule.in(prose(Files.readString(ROOT.resolve("README.md"))))).isEmpty();
  }

  static Stream<CommandLine> commands() {
    return withSubcommands(BackfillCommand.commandLine()).filter(each -> !isHidden(each));
  }

  private static Stream<CommandLine> withSubcommands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(ProseTest::withSubcommands));
  }

  private static boolean isHidden(CommandLine command) {
    return command.getCommandSpec().usageMessage().hidden();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpKeepsToTheRulesEverywhere(CommandLine command) {
    String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF).replaceAll("\\s+", " ");
    for (Rule rule : Rule.values()) {
      assertThat(rule.in(help))
          .as("%s in the help of %s", rule, command.getCommandName())
          .isEmpty();
    }
  }

  @Test
  void messagesKeepToTheRulesEverywhere() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file :
        sources(MODULES.stream().filter(each -> !each.equals("backfill-testkit")).toList())) {
      for (String text : texts(Files.readString(file))) {
        for (Rule rule : Rule.values()) {
          if (rule != Rule.QUESTION_AT_THE_START) {
            rule.in(text).forEach(match -> found.add(file.getFileName() + ": " + match));
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "QUESTION_AT_THE_START; What a chunk costs.",
        "UNNAMED_ACTOR; Stays until somebody resumes it.",
        "DATA_THAT_SPEAKS; A cursor says where the next item is.",
        "VAGUE_VERB; The next run goes on there."
      })
  void aRuleFindsWhatItForbids(Rule rule, String text) {
    assertThat(rule.in(text)).hasSize(1);
  }

  private static List<Path> sources(List<String> modules) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : modules) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        files.filter(each -> each.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(each -> each.toString().endsWith(".md"))
            .filter(each -> !HISTORIES.contains(each.getFileName().toString()))
            .forEach(pages::add);
      }
    }
    return pages;
  }

  private static List<String> javadoc(String source) {
    return Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL)
        .matcher(source)
        .results()
        .map(comment -> plain(comment.group(1)))
        .toList();
  }

  /** The text of a Javadoc comment, without code and without the names in tags. */
  private static String plain(String comment) {
    return comment
        .replaceAll("(?m)^\\s*\\*\\s?", "")
        .replaceAll("(?s)<pre>.*?</pre>", "")
        .replaceAll("\\{@linkplain\\s+\\S+\\s+([^}]*)}", "$1")
        .replaceAll("\\{@\\w+[^}]*}", "")
        .replaceAll("(?s)@see.*", "")
        .replaceAll("@(param|throws)\\s+\\S+", "")
        .replaceAll("<[^>]+>", "")
        .strip();
  }

  /** The text of a page, without code and without the names of tests. */
  private static String prose(String page) {
    return page.replaceAll("(?s)```.*?```", "").replaceAll("`[^`\n]*`", "");
  }

  /** The string literals of a source that are texts: they have a space in them. */
  private static List<String> texts(String source) {
    String code = source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
    return Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"")
        .matcher(code)
        .results()
        .map(literal -> literal.group(1))
        .filter(text -> text.contains(" "))
        .toList();
  }

  private static long words(String text) {
    return Pattern.compile("[A-Za-z']+").matcher(text).results().count();
  }
}
