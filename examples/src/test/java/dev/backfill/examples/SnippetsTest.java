package dev.backfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The code in the documentation is code of an example, which {@link ExamplesTest} runs. A page
 * marks a snippet with a comment before its block; an example marks it with comments around its
 * lines.
 */
class SnippetsTest {

  private static final int MAX_LINES = 15;

  private static final List<String> NAMES =
      List.of(
          "quickstart",
          "own-source",
          "own-sink",
          "own-sink-row",
          "progress",
          "steering",
          "spring",
          "metrics");

  @Test
  void theCodeOfThePagesIsCodeThatRuns() throws IOException {
    Map<String, List<String>> run = examples();
    Map<String, List<String>> shown = pages();
    assertThat(shown.keySet()).containsAll(NAMES);
    shown.forEach((name, lines) -> assertThat(lines).as(name).isEqualTo(run.get(name)));
  }

  @Test
  void noSnippetIsLong() throws IOException {
    examples().forEach((name, lines) -> assertThat(lines).as(name).hasSizeBetween(1, MAX_LINES));
  }

  /** The lines of each snippet, without indentation and empty lines. */
  private static Map<String, List<String>> examples() throws IOException {
    Map<String, List<String>> snippets = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).sorted().toList()) {
        read(file, snippets);
      }
    }
    return snippets;
  }

  private static void read(Path file, Map<String, List<String>> snippets) throws IOException {
    List<String> current = null;
    for (String line : Files.readAllLines(file)) {
      String text = line.strip();
      if (text.startsWith("// snippet: ")) {
        String name = text.substring("// snippet: ".length());
        current = snippets.computeIfAbsent(name, key -> new ArrayList<>());
      } else if (text.equals("// snippet end")) {
        current = null;
      } else if (current != null && !text.isEmpty()) {
        // An example reads the simulated GitHub, whose address is not the default.
        current.add(
            text.replace(
                "GitHub.builder().apiUrl(apiUrl).build()",
                "GitHub.withToken(System.getenv(\"GITHUB_TOKEN\"))"));
      }
    }
  }

  private static Map<String, List<String>> pages() throws IOException {
    Map<String, List<String>> shown = new LinkedHashMap<>();
    for (Path page : pagesOf(Path.of(".."), Path.of("..", "docs"))) {
      List<String> lines = Files.readAllLines(page);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).startsWith("<!-- snippet: ")) {
          assertThat(lines.get(i + 1)).as("%s, line %d", page, i + 2).isEqualTo("```java");
          String name = lines.get(i).replaceAll("<!-- snippet: (.*) -->", "$1");
          shown.put(
              name,
              lines.subList(i + 2, lines.size()).stream()
                  .takeWhile(line -> !line.equals("```"))
                  .map(String::strip)
                  .filter(line -> !line.isEmpty())
                  .toList());
        }
      }
    }
    return shown;
  }

  private static List<Path> pagesOf(Path... folders) throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
      }
    }
    return pages;
  }
}
