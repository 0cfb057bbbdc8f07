package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What takes longest to load is not loaded before it is needed. */
class StartUpTest {

  @Test
  @Timeout(120)
  void aListIsReadOverPlainHttpWithoutTreesAndCertificates() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/repo", 150)).start()) {
      Process reader =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xlog:class+load",
                  "-Dslf4j.internal.verbosity=ERROR",
                  "-cp",
                  LargeHistoryTest.classPath(),
                  LargeHistory.class.getName(),
                  github.url().toString(),
                  "sim/repo")
              .redirectErrorStream(true)
              .start();
      String output = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(reader.waitFor()).isZero();
      assertThat(output)
          .contains("150 items, 5 requests", "dev.backfill.github.internal.json.Values ")
          .doesNotContain("com.fasterxml.jackson.databind.ObjectMapper ")
          .doesNotContain("sun.security.ssl.SSLContextImpl ");
    }
  }
}
