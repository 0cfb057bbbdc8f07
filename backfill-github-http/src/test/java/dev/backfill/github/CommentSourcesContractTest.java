package dev.backfill.github;

import static java.util.Comparator.comparing;

import dev.backfill.api.source.PullSource;
import dev.backfill.testkit.PullSourceContract;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** What every source promises, kept by the comments of a simulated GitHub. */
class CommentSourcesContractTest {

  private static final SimulatedRepository REPOSITORY = SimulatedRepository.of("sim/repo", 150);

  @Nested
  class ReviewComments extends Contract<dev.backfill.api.history.ReviewComment> {
    ReviewComments() {
      super(
          GitHub::reviewComments,
          REPOSITORY.reviewComments().sorted(comparing(comment -> comment.updatedAt())).toList());
    }
  }

  @Nested
  class IssueComments extends Contract<dev.backfill.api.history.IssueComment> {
    IssueComments() {
      super(
          GitHub::issueComments,
          REPOSITORY.issueComments().sorted(comparing(comment -> comment.updatedAt())).toList());
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Contract<T> extends PullSourceContract<T> {

    private final Function<GitHub, PullSource<T>> kind;
    private final List<T> expected;
    private SimulatedGitHub github;
    private GitHub client;

    Contract(Function<GitHub, PullSource<T>> kind, List<T> expected) {
      this.kind = kind;
      this.expected = expected;
    }

    @BeforeAll
    void start() {
      github =
          SimulatedGitHub.builder()
              .repository(REPOSITORY)
              .quota(1_000_000, Duration.ofHours(1))
              .start();
      client = GitHub.builder().apiUrl(github.url()).build();
    }

    @AfterAll
    void stop() {
      client.close();
      github.close();
    }

    @Override
    protected PullSource<T> source() {
      return kind.apply(client);
    }

    @Override
    protected String target() {
      return "sim/repo";
    }

    @Override
    protected List<T> expectedItems() {
      return expected;
    }

    @Override
    protected List<String> expectedKeys() {
      return expected.stream().map(source()::itemKey).toList();
    }
  }
}
