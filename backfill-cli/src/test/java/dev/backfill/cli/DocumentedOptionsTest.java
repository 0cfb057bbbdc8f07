package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.backfill.cli.command.BackfillCommand;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.core.config.BackfillSettings;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Checks the pages of the command line and of the configuration against the program. */
class DocumentedOptionsTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final String COMMON = "Options of every command";

  /** Sections that are not a command's. */
  private static final List<String> OTHERS =
      List.of(
          "Exit codes",
          "The default database",
          COMMON,
          "Database options",
          "Fetch options",
          "Former names");

  private static final Map<String, String> GROUPS =
      Map.of("(#database-options)", "Database options", "(#fetch-options)", "Fetch options");

  /** Returns the commands that do something, by the name under which the page has them. */
  static Stream<Map.Entry<String, CommandSpec>> commands() {
    Map<String, CommandSpec> commands = new TreeMap<>();
    collect(BackfillCommand.commandLine(), "", commands);
    return commands.entrySet().stream();
  }

  private static void collect(CommandLine parent, String path, Map<String, CommandSpec> commands) {
    for (CommandLine each : parent.getSubcommands().values()) {
      CommandSpec spec = each.getCommandSpec();
      if (spec.usageMessage().hidden()) {
        continue;
      }
      if (each.getSubcommands().isEmpty()) {
        commands.put(path + spec.name(), spec);
      } else {
        collect(each, path + spec.name() + " ", commands);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theTableOfACommandHasItsOptionsAndNoOther(Map.Entry<String, CommandSpec> command)
      throws IOException {
    Map<String, List<String>> sections = sections("cli.md");
    assertThat(sections).containsKey(command.getKey());
    List<String> section = sections.get(command.getKey());
    Map<String, List<String>> rows = rows(section);
    rows.putAll(rows(sections.get(COMMON)));
    String links = String.join("\n", section);
    GROUPS.forEach(
        (link, group) -> {
          if (links.contains(link)) {
            rows.putAll(rows(sections.get(group)));
          }
        });
    List<OptionSpec> options =
        command.getValue().options().stream().filter(option -> !option.hidden()).toList();
    assertThat(rows.keySet())
        .isEqualTo(
            options.stream()
                .map(DocumentedOptionsTest::cell)
                .collect(Collectors.toCollection(TreeSet::new)));
    for (OptionSpec option : options) {
      String value = option.defaultValue();
      if (value != null && !value.contains("${") && option.arity().max() > 0) {
        assertThat(rows.get(cell(option)).get(2)).endsWith("`" + value + "`");
      }
    }
  }

  private static String cell(OptionSpec option) {
    String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
    return Stream.of(option.names())
        .map(name -> "`" + name + value + "`")
        .collect(Collectors.joining(", "));
  }

  @Test
  void eachSectionIsACommand() throws IOException {
    List<String> expected = new ArrayList<>(OTHERS);
    commands().map(Map.Entry::getKey).forEach(expected::add);
    assertThat(sections("cli.md").keySet()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theExampleOfACommandCanBeParsed(Map.Entry<String, CommandSpec> command) throws IOException {
    List<String> examples =
        sections("cli.md").get(command.getKey()).stream()
            .filter(line -> line.startsWith("backfill "))
            .toList();
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      assertThat(example).startsWith("backfill " + command.getKey());
      String[] args =
          Pattern.compile("\"([^\"]*)\"|(\\S+)")
              .matcher(example.substring("backfill ".length()))
              .results()
              .map(match -> match.group(match.group(1) == null ? 2 : 1))
              .toArray(String[]::new);
      assertThatCode(() -> BackfillCommand.commandLine(args).parseArgs(args))
          .as(example)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void theTableOfExitCodesIsComplete() throws IOException {
    assertThat(rows(sections("cli.md").get("Exit codes")).keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ExitCode.values()).map(code -> "" + code.number()).toList());
  }

  @Test
  void theTablesOfVariablesHaveThoseOfTheSettingsAndNoOther() throws Exception {
    TreeSet<String> variables = new TreeSet<>();
    for (Field field : BackfillSettings.class.getFields()) {
      if (field.getType() == String.class && !field.getName().startsWith("DEFAULT_")) {
        variables.add("`" + field.get(null) + "`");
      }
    }
    TreeMap<String, List<String>> rows = new TreeMap<>();
    for (String heading : List.of("Backfills", "GitHub", "Database", "Many repositories")) {
      rows.putAll(rows(sections("configuration.md").get(heading)));
    }
    assertThat(rows.keySet()).isEqualTo(variables);
    Map<String, Object> defaults =
        Map.of(
            BackfillSettings.RETENTION_DAYS, BackfillSettings.DEFAULT_RETENTION_DAYS,
            BackfillSettings.API_URL, BackfillSettings.DEFAULT_API_URL,
            BackfillSettings.ACTIONS_WORKFLOW, BackfillSettings.DEFAULT_WORKFLOW,
            BackfillSettings.ACTIONS_REF, BackfillSettings.DEFAULT_REF);
    defaults.forEach(
        (name, value) ->
            assertThat(rows.get("`" + name + "`").get(3)).as(name).isEqualTo("`" + value + "`"));
  }

  /** Returns the lines of a page under their headings. */
  private static Map<String, List<String>> sections(String page) throws IOException {
    Map<String, List<String>> sections = new TreeMap<>();
    List<String> section = new ArrayList<>();
    for (String line : Files.readAllLines(DOCS.resolve(page))) {
      if (line.startsWith("## ")) {
        section = new ArrayList<>();
        sections.put(line.substring("## ".length()), section);
      }
      section.add(line);
    }
    return sections;
  }

  /** Returns the cells of the rows of a section's table, by their first cell. */
  private static TreeMap<String, List<String>> rows(List<String> section) {
    TreeMap<String, List<String>> rows = new TreeMap<>();
    List<String> table = section.stream().filter(line -> line.startsWith("|")).toList();
    for (String row : table.subList(Math.min(2, table.size()), table.size())) {
      List<String> cells = Stream.of(row.split("\\|", -1)).skip(1).map(String::strip).toList();
      rows.put(cells.get(0), cells);
    }
    return rows;
  }
}
