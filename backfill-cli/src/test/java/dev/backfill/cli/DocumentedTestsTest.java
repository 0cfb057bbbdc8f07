package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of tested promises in the documentation name tests that are there. */
class DocumentedTestsTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

  /** Where tests are: the contracts that others can extend are in the test kit itself. */
  private static final List<String> FOLDERS =
      List.of("src/test/java", "src/main/java/dev/backfill/testkit");

  @ParameterizedTest
  @CsvSource({
    "github.md, What is tested, rule, 20",
    "guarantees.md, What is promised, promise, 20"
  })
  void everyPromiseNamesTestsThatExist(String page, String heading, String column, int fewest)
      throws IOException {
    TreeMap<String, String> sources = sources();
    List<String> rows = rows(page, heading, column);
    assertThat(rows).hasSizeGreaterThan(fewest);
    for (String row : rows) {
      Matcher test = TEST.matcher(row.substring(row.indexOf(" | ")));
      int tests = 0;
      while (test.find()) {
        tests++;
        assertThat(sources).as(row).containsKey(test.group(1));
        assertThat(sources.get(test.group(1)))
            .as(row)
            .containsPattern("(void|static final ArchRule) " + test.group(2) + "(\\(|\\s*=)");
      }
      assertThat(tests).as(row).isPositive();
    }
  }

  private static TreeMap<String, String> sources() throws IOException {
    TreeMap<String, String> sources = new TreeMap<>();
    for (Path folder : folders()) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          sources.merge(
              file.getFileName().toString().replace(".java", ""),
              Files.readString(file),
              String::concat);
        }
      }
    }
    return sources;
  }

  private static List<Path> folders() throws IOException {
    List<Path> folders = new ArrayList<>();
    for (Path parent : List.of(ROOT, ROOT.resolve("integrations"))) {
      try (Stream<Path> modules = Files.list(parent)) {
        modules
            .flatMap(module -> FOLDERS.stream().map(module::resolve))
            .filter(Files::isDirectory)
            .forEach(folders::add);
      }
    }
    return folders;
  }

  private static List<String> rows(String page, String heading, String column) throws IOException {
    return Files.readAllLines(ROOT.resolve("docs").resolve(page)).stream()
        .dropWhile(line -> !line.equals("## " + heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(
            line ->
                line.startsWith("| ")
                    && !line.startsWith("| " + column + " ")
                    && !line.startsWith("| --- "))
        .toList();
  }
}
