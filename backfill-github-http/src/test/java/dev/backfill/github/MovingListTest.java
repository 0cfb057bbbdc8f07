package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.PullSource;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists from which something is deleted between two of their pages: nothing else is lost. */
@Timeout(60)
class MovingListTest {

  private static final Set<PullRequestExtra> ALL = EnumSet.allOf(PullRequestExtra.class);

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(260).issueComments(2).build();
  private final List<Integer> numbers = repository.numbers().boxed().toList();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token(Stub.TOKEN)
          .quota(1_000_000, Duration.ofHours(1))
          .timeSource(time)
          .start();
  private GitHub client = client(1);

  private GitHub client(int pagesAhead) {
    return GitHub.builder()
        .apiUrl(github.url())
        .token(Stub.TOKEN)
        .timeSource(time)
        .detailConcurrency(1)
        .pagesAhead(pagesAhead)
        .build();
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private PullSource<PullRequest> source(Set<PullRequestExtra> extras, GitHubTransport transport) {
    return client.pullRequests(extras, transport);
  }

  private void assertNewest(Reader<PullRequest> reader) {
    Set<String> existing =
        repository.numbers().mapToObj(Integer::toString).collect(Collectors.toSet());
    assertThat(
            reader.stored.values().stream()
                .filter(item -> existing.contains("" + item.number()))
                .map(AsQueried::of))
        .containsExactlyInAnyOrderElementsOf(repository.pullRequests().map(AsQueried::of).toList());
  }

  @ParameterizedTest
  @CsvSource({"REST, 10, 20", "REST, 0, 20", "REST, 10, 120", "GRAPHQL, 10, 20"})
  void deletionsHideNothingFromTheCatchUp(
      GitHubTransport transport, int secondsBetweenChanges, int deletions) throws Exception {
    Reader<PullRequest> reader = new Reader<>(source(ALL, transport), time);
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(3));
    for (int number : numbers) {
      repository.touch(number);
      time.advance(Duration.ofSeconds(secondsBetweenChanges));
    }
    int before = reader.arrivedInCatchUp;
    boolean[] deleted = {false};
    reader.betweenChunks =
        () -> {
          boolean firstPageIsDone = reader.arrivedInCatchUp >= before + 50;
          if (firstPageIsDone && !deleted[0]) {
            deleted[0] = true;
            numbers.subList(255 - deletions, 255).forEach(repository::deletePullRequest);
          }
        };
    reader.run("sim/repo", end);
    assertThat(deleted[0]).isTrue();
    assertNewest(reader);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void aDeletionBetweenAnyTwoRequestsOfTheCatchUpHidesNothing(int changes) throws Exception {
    Reader<PullRequest> reader = new Reader<>(source(Set.of(), GitHubTransport.REST), time);
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(3));
    for (int number : numbers) {
      repository.touch(number);
      time.advance(Duration.ofSeconds(1));
    }
    for (int request = 1; request <= 6; request++) {
      int last = 259 - request;
      github.afterRequests(
          request,
          () -> {
            repository.deletePullRequest(numbers.get(last));
            repository.deletePullRequest(numbers.get(last - 10));
            repository.deletePullRequest(numbers.get(last - 20));
            // What changes now moves the others back, and comes in the next pass.
            numbers.subList(0, changes).forEach(repository::touch);
          });
    }
    reader.run("sim/repo", end);
    assertThat(
            repository
                .pullRequests()
                .filter(item -> item.updatedAt().isAfter(stored(reader, item).updatedAt()))
                .map(item -> item.number()))
        .as("stale")
        .isEmpty();
  }

  private static PullRequest stored(Reader<PullRequest> reader, PullRequest item) {
    return reader.stored.get("" + item.number());
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "4, false"})
  void deletionsHideNoKeyFromAVerification(int pagesAhead, boolean canResume) throws Exception {
    client.close();
    client = client(pagesAhead);
    Set<String> keys = new TreeSet<>();
    Cursor at = Cursor.START;
    KeyListing listing = pullRequestKeys(at);
    for (boolean last = false; !last; ) {
      Chunk<String> page = listing.next(0);
      keys.addAll(page.items());
      at = page.next();
      last = page.last();
      List<String> listed = new ArrayList<>(page.items());
      listed.stream().limit(5).map(Integer::valueOf).forEach(repository::deletePullRequest);
      if (canResume) {
        listing.close();
        listing = pullRequestKeys(at);
      }
    }
    listing.close();
    assertThat(keys).containsAll(repository.numbers().mapToObj(Integer::toString).toList());
  }

  private KeyListing pullRequestKeys(Cursor from) {
    return source(Set.of(), GitHubTransport.REST)
        .listKeys("sim/repo", Cursor.START, from)
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30})
  void deletionsHideNoCommentFromAVerification(int deletions) throws Exception {
    Set<String> keys = new TreeSet<>();
    try (KeyListing listing =
        client.issueComments().listKeys("sim/repo", Cursor.START, Cursor.START).orElseThrow()) {
      int deleted = 0;
      for (boolean last = false; !last; ) {
        Chunk<String> page = listing.next(0);
        keys.addAll(page.items());
        last = page.last();
        if (deleted == 0) {
          deleted = deletions;
          numbers.subList(0, deletions).forEach(repository::deletePullRequest);
        }
      }
    }
    assertThat(keys)
        .containsAll(
            repository.issueComments().map(comment -> Long.toString(comment.githubId())).toList());
  }

  /** What is listed in quiet costs a request for some ninety items. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aVerificationAsksForEachPageOnce(int pagesAhead) throws Exception {
    client.close();
    client = client(pagesAhead);
    List<String> keys = new ArrayList<>();
    try (KeyListing listing = pullRequestKeys(Cursor.START)) {
      for (boolean last = false; !last; ) {
        Chunk<String> page = listing.next(0);
        keys.addAll(page.items());
        last = page.last();
      }
    }
    assertThat(keys).doesNotHaveDuplicates().hasSize(260);
    assertThat(github.requests(Endpoint.PULL_REQUESTS)).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void deletionsHideNoReviewOfAPullRequest(GitHubTransport transport) throws Exception {
    int busy = numbers.get(2);
    for (int request = 1; request <= 12; request++) {
      github.afterRequests(request, () -> repository.deleteReview(busy, 3));
    }
    Reader<PullRequest> reader = new Reader<>(source(ALL, transport), time);
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.rejected).isEmpty();
    Set<Long> stored = ids(reader.stored.get("" + busy));
    assertThat(stored).containsAll(ids(repository.pullRequest(busy)));
  }

  private static Set<Long> ids(PullRequest item) {
    return item.reviews().stream().map(review -> review.githubId()).collect(Collectors.toSet());
  }
}
