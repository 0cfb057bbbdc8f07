package dev.backfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  /**
   * The code of the README is the code of an example that runs in a test, but for the API's
   * address.
   */
  @Test
  void theCodeOfTheReadmeIsCodeThatRuns() throws IOException {
    List<String> readme = Files.readAllLines(Path.of("..", "README.md"));
    List<String> example =
        Files.readAllLines(
            Path.of("src", "main", "java", "dev", "backfill", "examples", "FirstStepsMain.java"));
    List<String> shown =
        readme.subList(readme.indexOf("```java") + 1, readme.size()).stream()
            .takeWhile(line -> !line.equals("```"))
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    List<String> run =
        example.stream()
            .map(String::strip)
            .dropWhile(line -> !line.equals("// README: begin"))
            .skip(1)
            .takeWhile(line -> !line.equals("// README: end"))
            .map(
                line ->
                    line.replace(
                        "GitHub.builder().apiUrl(apiUrl).build()",
                        "GitHub.withToken(System.getenv(\"GITHUB_TOKEN\"))"))
            .toList();
    assertThat(shown).isNotEmpty().isEqualTo(run);
  }
}
