package dev.backfill.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerformancePageTest {

  private static final String RESULT =
      """
      {"measuredAt": "2026-11-27T12:00:00Z", "machine": "2 cores", "rows": [
        {"database": "h2", "chunkSize": 25, "contestant": "ours & theirs",
          "itemsPerSecond": {"median": 1234.5, "values": [1234.5]}},
        {"database": "h2", "chunkSize": 50, "contestant": "ours & theirs",
          "itemsPerSecond": {"median": 9.25, "values": [9.25]}}]}
      """;

  @TempDir private Path directory;

  @BeforeEach
  void measure() throws Exception {
    Files.writeString(directory.resolve("commit.json"), RESULT);
  }

  @Test
  void whatIsBetweenTheMarkersBecomesTheTableOfTheLatestRun() throws Exception {
    String page = "a\n<!-- begin commit-h2 -->\nold\n<!-- end commit-h2 -->\nb";
    assertThat(new PerformancePage(directory, directory, page).render())
        .isEqualTo(
            """
            a
            <!-- begin commit-h2 -->
            Measured on 2026-11-27: 2 cores.

            | chunk size | 25 | 50 |
            | --- | ---: | ---: |
            | ours & theirs | 1,235 | 9.25 |
            <!-- end commit-h2 -->
            b""");
  }

  @Test
  void aChartHasABarForEachValue() throws Exception {
    String page = "<!-- begin commit-h2 --><!-- end commit-h2 -->";
    new PerformancePage(directory, directory, page).render();
    assertThat(Files.readString(directory.resolve("commit-h2.svg")))
        .contains(">chunk size 25<", ">ours &amp; theirs<", ">1,235<", ">9.25<")
        .satisfies(svg -> assertThat(svg.split("<rect", -1)).hasSize(3));
  }

  @Test
  void resultsWithoutAPlaceOnThePageAreToldOf() {
    assertThatThrownBy(() -> new PerformancePage(directory, directory, "nothing").render())
        .hasMessageContaining("commit-h2");
  }
}
