package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.PullSource;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A listing of keys that GitHub ends at a page cap is continued by queries, or has a gap. */
@Timeout(60)
class CappedListingTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(400).reviews(0).issueComments(1).build();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token(Stub.TOKEN)
          .quota(1_000_000, Duration.ofHours(1))
          .timeSource(time)
          .start();
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token(Stub.TOKEN).timeSource(time).build();
  private final Set<String> keys = new TreeSet<>();

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private PullSource<?> pullRequests(GitHubTransport transport) {
    return client.pullRequests(Set.of(), transport);
  }

  private List<String> numbers() {
    return repository.numbers().mapToObj(Integer::toString).toList();
  }

  /** Lists all keys, in one session or with a session for each page. */
  private Completeness list(PullSource<?> source, boolean canResume) throws Exception {
    KeyListing listing = source.listKeys("sim/repo", Cursor.START, Cursor.START).orElseThrow();
    while (true) {
      Chunk<String> page = listing.next(0);
      keys.addAll(page.items());
      if (page.last()) {
        Completeness completeness = listing.completeness();
        listing.close();
        return completeness;
      }
      if (canResume) {
        listing.close();
        listing = source.listKeys("sim/repo", Cursor.START, page.next()).orElseThrow();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO, 300, false",
    "AUTO, 300, true",
    "GRAPHQL, 300, false",
    "GRAPHQL, 300, true",
    "AUTO, 100, false",
    "AUTO, 400, false"
  })
  void keysBehindACapAreListedByQueries(GitHubTransport transport, int cap, boolean canResume)
      throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, cap);
    assertThat(list(pullRequests(transport), canResume)).isEqualTo(Completeness.WHOLE);
    assertThat(keys).containsExactlyInAnyOrderElementsOf(numbers());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListingThatIsCutHasAGap(boolean canResume) throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 300);
    Completeness completeness = list(pullRequests(GitHubTransport.REST), canResume);
    assertThat(completeness.gaps()).isTrue();
    assertThat(completeness.note()).contains("/pulls", "page cap", "could not be compared");
    assertThat(keys).hasSize(300);
  }

  @Test
  void whereQueriesAreRefusedACutListingHasAGap() throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 300);
    github.graphqlRefuses(404);
    assertThat(list(pullRequests(GitHubTransport.AUTO), false).gaps()).isTrue();
  }

  @Test
  void aListThatEndsWithAFullPageIsWhole() throws Exception {
    assertThat(list(pullRequests(GitHubTransport.REST), false)).isEqualTo(Completeness.WHOLE);
    assertThat(keys).hasSize(400);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMomentThatIsCutIsAGapOfTheListing(boolean canResume) throws Exception {
    for (int i = 0; i < 350; i++) {
      repository.addIssueComment(repository.numbers().skip(i).findFirst().orElseThrow());
    }
    time.advance(Duration.ofMinutes(1));
    repository.addIssueComment(repository.numbers().findFirst().orElseThrow());
    time.advance(Duration.ofHours(1));
    github.capList(Endpoint.ISSUE_COMMENTS, 200);
    Completeness completeness = list(client.issueComments(), canResume);
    assertThat(completeness.gaps()).isTrue();
    assertThat(completeness.note()).contains("/issues/comments", "could not be compared");
  }
}
