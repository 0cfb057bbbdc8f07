package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.source.Cursor;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

class LargeHistoryTest {

  private static final int COUNT = 100_000;

  @Test
  @Timeout(300)
  void aHundredThousandPullRequestsFitIntoAHeapOf96Megabytes() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/large", COUNT))
            .quota(1_000_000, Duration.ofHours(1))
            .start()) {
      Process reader =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx96m",
                  "-Dslf4j.internal.verbosity=ERROR",
                  "-cp",
                  classPath(),
                  LargeHistory.class.getName(),
                  github.url().toString(),
                  "sim/large")
              .redirectErrorStream(true)
              .start();
      String output =
          new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(output)
          .as("with a look behind the last page, which is full")
          .isEqualTo(COUNT + " items, 1004 requests");
      assertThat(reader.waitFor()).isZero();
      assertThat(github.requests())
          .as("with a look at the first page that cost nothing")
          .isEqualTo(1005);
    }
  }

  static String classPath() throws Exception {
    List<String> entries = new ArrayList<>();
    for (Class<?> type :
        List.of(
            GitHub.class,
            Cursor.class,
            JsonFactory.class,
            JsonNode.class,
            Class.forName("com.fasterxml.jackson.annotation.JsonProperty"),
            Logger.class)) {
      entries.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    // Surefire patches the tests into the module, whose location is then that of the main classes.
    entries.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    return String.join(File.pathSeparator, entries);
  }
}
