package dev.backfill.benchmarks.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contestants that leave other rows than ours would be compared with something else. */
class SameRowsTest {

  @ParameterizedTest
  @EnumSource(BenchmarkDatabase.Kind.class)
  void allContestantsLeaveTheSameRows(BenchmarkDatabase.Kind kind) throws Exception {
    List<PullRequest> items =
        SimulatedRepository.of("sim/benchmark", 130).listedPullRequests().toList();
    Map<String, String> contents = new LinkedHashMap<>();
    try (BenchmarkDatabase database = BenchmarkDatabase.start(kind);
        Writers writers = Writers.open(database)) {
      for (Map.Entry<String, Writer> writer : writers.byName().entrySet()) {
        database.empty();
        writer.getValue().store(items, 25);
        contents.put(writer.getKey(), database.contents());
      }
    }
    assertThat(contents).hasSizeGreaterThan(2);
    assertThat(contents.get("backfill")).contains("pull_requests 130 ");
    assertThat(contents.values()).containsOnly(contents.get("backfill"));
  }
}
