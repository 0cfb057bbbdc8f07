package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A container can unload an application that used the library, once it has closed everything. */
class UnloadingTest {

  @Test
  @Timeout(180)
  void theClassLoaderOfAHostThatHasClosedIsCollected() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/one", 60))
            .repository(SimulatedRepository.of("sim/two", 30))
            .start()) {
      Process container =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  // Java 25 keeps types of a host in soft references, until memory is short.
                  "-XX:SoftRefLRUPolicyMSPerMB=0",
                  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                  "-cp",
                  System.getProperty("java.class.path"),
                  UnloadingContainer.class.getName(),
                  github.url().toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(container.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(container.waitFor()).as(output).isZero();
      assertThat(output).contains("the loader was collected");
    }
  }
}
