package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A rule for the tests of all modules: their verdict does not depend on the machine's speed. */
class NoTestSleepsTest {

  private static final Path ROOT = Path.of("..");

  /** The folders that contain modules. */
  private static final List<Path> PARENTS =
      List.of(ROOT, ROOT.resolve("examples"), ROOT.resolve("integrations"));

  /** A fixed pause, on the real clock. */
  private static final Pattern SLEEP =
      Pattern.compile(
          "Thread\\.sleep\\(|TimeUnit\\.\\w+\\.sleep\\(|TimeSource\\.system\\(\\)\\.sleep\\("
              + "|LockSupport\\.parkNanos\\(|new CountDownLatch\\(1\\)\\.await\\(\\d");

  /** They kill, freeze and cut other processes at random moments of the real clock. */
  private static final Set<String> AT_RANDOM_MOMENTS =
      Set.of(
          "CrashIT.java",
          "PoolerIT.java",
          "ServerDeathIT.java",
          "SupabaseIT.java",
          "ZombieIT.java");

  @Test
  void noTestSleeps() throws IOException {
    List<String> sleeping = new ArrayList<>();
    for (Path file : testSources()) {
      if (!AT_RANDOM_MOMENTS.contains(file.getFileName().toString())
          && !file.endsWith("NoTestSleepsTest.java")
          && SLEEP.matcher(Files.readString(file)).find()) {
        sleeping.add(ROOT.relativize(file).toString());
      }
    }
    assertThat(sleeping)
        .as("use ManualTimeSource, a latch, or Eventually of the testkit")
        .isEmpty();
  }

  private static List<Path> testSources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path parent : PARENTS) {
      try (Stream<Path> modules = Files.list(parent)) {
        for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
          if (Files.isDirectory(tests)) {
            try (Stream<Path> files = Files.walk(tests)) {
              files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
          }
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(200);
    return sources;
  }
}
