package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A repository of 100,000 pull requests is as good as a small one. */
class LargeRepositoryTest {

  private static final String LIST =
      "/repos/sim/large/pulls?state=all&sort=created&direction=asc&per_page=100&page=";

  @Test
  void pagesAnywhereTakeLittleTimeAndNoMemory() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/large", 100_000);
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(100_000, Duration.ofHours(1))
            .start()) {
      Client client = new Client(github);
      for (int page = 1; page <= 100; page++) {
        client.get(LIST + page);
      }
      long before = used();
      long[] nanos = new long[200];
      for (int i = 0; i < nanos.length; i++) {
        long start = System.nanoTime();
        assertThat(client.get(LIST + (1 + i * 5)).status()).isEqualTo(200);
        nanos[i] = System.nanoTime() - start;
      }
      assertThat(client.get(LIST + 1_000).list()).hasSize(100);
      assertThat(client.get(LIST + 1_000).link("next")).isEmpty();
      assertThat(used() - before).isLessThan(8 << 20);
      Arrays.sort(nanos);
      // A few milliseconds on an idle machine; the bound leaves room for a busy one.
      assertThat(Duration.ofNanos(nanos[nanos.length / 2])).isLessThan(Duration.ofMillis(50));
    }
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
