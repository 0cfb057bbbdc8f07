package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of tested rules in the documentation names tests that are there. */
class GitHubDocsTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

  @Test
  void everyRuleNamesTestsThatExist() throws IOException {
    TreeMap<String, String> sources = new TreeMap<>();
    for (Path module : modules()) {
      try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          sources.merge(
              file.getFileName().toString().replace(".java", ""),
              Files.readString(file),
              String::concat);
        }
      }
    }
    List<String> rules = rules();
    assertThat(rules).hasSizeGreaterThan(20);
    for (String rule : rules) {
      Matcher test = TEST.matcher(rule.substring(rule.indexOf(" | ")));
      int tests = 0;
      while (test.find()) {
        tests++;
        assertThat(sources).as(rule).containsKey(test.group(1));
        assertThat(sources.get(test.group(1)))
            .as(rule)
            .containsPattern("(void|static final ArchRule) " + test.group(2) + "(\\(|\\s*=)");
      }
      assertThat(tests).as(rule).isPositive();
    }
  }

  private static List<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders.filter(folder -> Files.isDirectory(folder.resolve("src/test/java"))).toList();
    }
  }

  private static List<String> rules() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/github.md")).stream()
        .dropWhile(line -> !line.equals("## What is tested"))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(
            line ->
                line.startsWith("| ") && !line.startsWith("| rule ") && !line.startsWith("| --- "))
        .toList();
  }
}
