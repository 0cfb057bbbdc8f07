package dev.backfill.benchmarks.parsing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.history.Repository;
import dev.backfill.benchmarks.endtoend.StreamedPullRequest;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of reading a pull request from a page of a hundred; allocation with {@code -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParsingBenchmark {

  private static final int ITEMS = 100;
  private static final ObjectMapper TREES = new ObjectMapper();

  private byte[] page;
  private Repository repository;

  /**
   * Requests a page from the simulated GitHub.
   *
   * @throws Exception if it does not answer
   */
  @Setup
  public void ask() throws Exception {
    SimulatedRepository simulated = SimulatedRepository.of("sim/benchmark", ITEMS);
    repository = simulated.repository();
    try (SimulatedGitHub gitHub = SimulatedGitHub.builder().repository(simulated).start()) {
      page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          gitHub.url().resolve("/repos/sim/benchmark/pulls?state=all&per_page=100"))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .body();
    }
  }

  /**
   * Reads with our parser: checks every field, and keeps faulty items for the quarantine.
   *
   * @return the items
   * @throws IOException never
   */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public List<?> backfill() throws IOException {
    return JsonText.readList(new Page(page), PullRequestMapper.ofLists(), repository, "benchmark");
  }

  /**
   * Reads with Jackson's streaming parser by hand, without checks.
   *
   * @return the items
   * @throws IOException never
   */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public List<?> streaming() throws IOException {
    return StreamedPullRequest.read(page);
  }

  /**
   * Reads the same fields from Jackson's tree model, without checks.
   *
   * @return the items
   * @throws IOException never
   */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public List<?> tree() throws IOException {
    List<StreamedPullRequest> items = new ArrayList<>(ITEMS);
    for (JsonNode item : TREES.readTree(page)) {
      items.add(StreamedPullRequest.of(item));
    }
    return items;
  }

  /** The page's bytes, as the client has them. */
  private record Page(byte[] bytes) implements JsonText.Source {

    @Override
    public Reader open() {
      return new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8);
    }
  }
}
