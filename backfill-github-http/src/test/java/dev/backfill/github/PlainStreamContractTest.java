package dev.backfill.github;

import dev.backfill.api.source.PullSource;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.testkit.PullSourceContract;
import dev.backfill.testkit.github.RepositoryList;
import dev.backfill.testkit.github.RepositoryLists;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of sources, for each stream that is a plain list. A new one is tested here, too. */
@ParameterizedClass
@MethodSource("streams")
class PlainStreamContractTest extends PullSourceContract<Object> {

  private static final int ITEMS = 230;

  @Parameter GitHubStream<?> stream;

  private final SimulatedRepository repository = repository();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .quota(1_000_000, Duration.ofHours(1))
          .start();
  private final GitHub client = GitHub.builder().apiUrl(github.url()).build();

  static Stream<GitHubStream<?>> streams() {
    return GitHubStream.all().stream()
        .filter(stream -> stream.endpoint().order() == ListEndpoint.Order.NONE);
  }

  private static SimulatedRepository repository() {
    SimulatedRepository.Builder builder = SimulatedRepository.builder("sim/repo");
    RepositoryLists.ALL.forEach(list -> builder.rows(list, ITEMS));
    return builder.build();
  }

  @AfterEach
  void stop() {
    client.close();
    github.close();
  }

  @Override
  @SuppressWarnings("unchecked") // The contract compares keys and equal items only.
  protected PullSource<Object> source() {
    return (PullSource<Object>) client.stream(stream);
  }

  @Override
  protected String target() {
    return "sim/repo";
  }

  @Override
  protected List<String> expectedKeys() {
    RepositoryList<?> simulated =
        RepositoryLists.ALL.stream()
            .filter(list -> list.path().equals(stream.endpoint().path()))
            .findFirst()
            .orElseThrow();
    return repository.list(simulated).keys();
  }
}
