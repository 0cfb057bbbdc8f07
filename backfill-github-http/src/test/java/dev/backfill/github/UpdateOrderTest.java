package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.WrongAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lists that know {@code since} are read by time: no cap, no deletion and no edit loses an item.
 */
@Timeout(120)
class UpdateOrderTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo")
          .pullRequests(400)
          .reviews(0)
          .reviewComments(3)
          .issueComments(2)
          .build();
  private final List<Integer> numbers = repository.numbers().boxed().toList();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token(Stub.TOKEN)
          .quota(1_000_000, Duration.ofHours(1))
          .timeSource(time)
          .start();
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token(Stub.TOKEN).timeSource(time).build();
  private final PullSource<IssueComment> source = client.issueComments();
  private final Reader<IssueComment> reader = new Reader<>(source, time);

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private List<IssueComment> atGitHub() {
    return repository.issueComments().toList();
  }

  private void assertAllArrived() {
    assertNothingIsMissing();
    assertThat(reader.stored).hasSize((int) repository.issueCommentCount());
  }

  private void assertNothingIsMissing() {
    Set<String> missing = versions(atGitHub());
    missing.removeAll(versions(reader.stored.values()));
    assertThat(missing).isEmpty();
  }

  private static Set<String> versions(Collection<IssueComment> comments) {
    return comments.stream()
        .map(comment -> comment.githubId() + " of " + comment.updatedAt())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private List<Long> addComments(int count) {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(repository.addIssueComment(numbers.get(i % 100)));
    }
    return ids;
  }

  private void deletePullRequestsOf(List<IssueComment> comments) {
    comments.stream()
        .filter(IssueComment::onPullRequest)
        .map(IssueComment::issueNumber)
        .distinct()
        .forEach(repository::deletePullRequest);
  }

  private List<String> requested() {
    return github.log().stream()
        .map(SimulatedGitHub.Exchange::target)
        .filter(target -> target.contains("/comments?"))
        .toList();
  }

  @Test
  void aHistoryBehindThePageCapArrivesWhole() throws Exception {
    github.capList(Endpoint.ISSUE_COMMENTS, 200);
    reader.run("sim/repo", Cursor.START);
    assertAllArrived();
    assertThat(reader.arrivedInHistory).as("each once").isEqualTo(reader.stored.size());
    assertThat(requested().get(0)).doesNotContain("since");
    assertThat(requested()).allMatch(target -> target.contains("sort=updated&direction=asc"));
    assertThat(requested()).noneMatch(target -> target.contains("&page="));
    assertThat(requested())
        .as("a request a page, and a look at what has changed")
        .hasSizeLessThanOrEqualTo(reader.stored.size() / 96 + 3);
  }

  @Test
  void aCatchUpBehindThePageCapArrivesWhole() throws Exception {
    Cursor end = reader.run("sim/repo", Cursor.START);
    github.capList(Endpoint.ISSUE_COMMENTS, 200);
    time.advance(Duration.ofDays(1));
    for (IssueComment comment : atGitHub()) {
      repository.touchIssueComment(comment.githubId());
      time.advance(Duration.ofSeconds(1));
    }
    addComments(30);
    reader.run("sim/repo", end);
    assertAllArrived();
  }

  @Test
  void itemsBeyondAPageInOneMomentArriveWhole() throws Exception {
    List<Long> keys = addComments(350);
    time.advance(Duration.ofMinutes(1));
    addComments(20);
    time.advance(Duration.ofMinutes(10));
    reader.run("sim/repo", Cursor.START);
    assertThat(keys).hasSize(350);
    assertAllArrived();
    assertThat(reader.arrivedInHistory).isEqualTo(reader.stored.size());
  }

  @Test
  void aSessionMayEndWithinAMomentOfManyItems() throws Exception {
    addComments(350);
    time.advance(Duration.ofMinutes(10));
    Cursor cursor = Cursor.START;
    int arrived = 0;
    for (boolean last = false; !last; ) {
      try (SourceSession<IssueComment> session = source.open("sim/repo", cursor)) {
        Chunk<IssueComment> chunk = session.next(70, 0);
        assertThat(chunk.size() > 0 || !chunk.next().equals(cursor)).isTrue();
        reader.keep(chunk);
        cursor = chunk.next();
        last = chunk.last();
        arrived += chunk.phase() == Phase.HISTORY ? chunk.size() : 0;
      }
    }
    assertAllArrived();
    assertThat(arrived).isEqualTo(reader.stored.size());
  }

  /** Within a moment there are page numbers, and so items that a deletion moves. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aDeletionBetweenPagesOfAMomentHidesNothing(int pages) throws Exception {
    addComments(350);
    time.advance(Duration.ofMinutes(10));
    Runnable delete = () -> numbers.subList(0, 25).forEach(repository::deletePullRequest);
    boolean[] armed = {false};
    reader.betweenChunks =
        () -> {
          boolean near = reader.stored.size() > repository.issueCommentCount() - 450;
          if (near && !armed[0]) {
            armed[0] = true;
            github.afterRequests(pages, delete);
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertThat(armed[0]).isTrue();
    assertNothingIsMissing();
  }

  /** The pages of one moment are read until a further reading finds no more. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9})
  void emptyAnswersWithinACatchUpHideNothing(int request) throws Exception {
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(1));
    addComments(250);
    time.advance(Duration.ofMinutes(1));
    addComments(20);
    time.advance(Duration.ofHours(1));
    github.afterRequests(
        request,
        () -> {
          github.answerNext(Endpoint.ISSUE_COMMENTS, WrongAnswer.NOTHING);
          github.answerNext(Endpoint.ISSUE_COMMENTS, WrongAnswer.NOTHING);
        });
    reader.run("sim/repo", end);
    assertAllArrived();
  }

  @Test
  void deletionsWhileTheHistoryIsReadHideNothing() throws Exception {
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          if (++chunks[0] == 3) {
            numbers.subList(0, 90).forEach(repository::deletePullRequest);
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertNothingIsMissing();
  }

  @Test
  void deletionsBetweenPagesOfTheCatchUpLoseNoEdit() throws Exception {
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofDays(1));
    List<IssueComment> edited = atGitHub().subList(200, 600);
    for (IssueComment comment : edited) {
      repository.touchIssueComment(comment.githubId());
      time.advance(Duration.ofSeconds(2));
    }
    time.advance(Duration.ofHours(1));
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          if (++chunks[0] == 1) {
            // Those that were edited first and last: whichever way the list is read.
            deletePullRequestsOf(edited.subList(0, 40));
            deletePullRequestsOf(edited.subList(360, 400));
          }
        };
    reader.run("sim/repo", end);
    assertNothingIsMissing();
  }

  @Test
  void anItemThatIsEditedMeanwhileArrivesInItsNewestState() throws Exception {
    List<IssueComment> before = atGitHub();
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          time.advance(Duration.ofMinutes(1));
          if (++chunks[0] < 6) {
            before.subList(0, 700).stream()
                .filter(comment -> comment.githubId() % 7 == chunks[0])
                .forEach(comment -> repository.touchIssueComment(comment.githubId()));
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertAllArrived();
    assertThat(reader.arrivedInHistory).as("none twice").isLessThanOrEqualTo(before.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 25})
  void largePagesThatFailAreReadInSmallerOnes(int largest) throws Exception {
    github.sinceFailsAbove(largest, 502);
    reader.run("sim/repo", Cursor.START);
    assertAllArrived();
    assertThat(reader.readings)
        .contains("pages of " + largest + " items, since GitHub failed on larger ones");
    assertThat(reader.failures).as("none is told").isZero();
  }

  @Test
  void theSmallerPageSizeIsKeptAndGrowsAgain() throws Exception {
    github.sinceFailsAbove(50, 504);
    Cursor cursor;
    try (SourceSession<IssueComment> session = source.open("sim/repo", Cursor.START)) {
      reader.keep(session.next(99, 0));
      Chunk<IssueComment> chunk = session.next(30, 0);
      reader.keep(chunk);
      cursor = chunk.next();
    }
    int before = requested().size();
    github.sinceFailsAbove(Integer.MAX_VALUE, 504);
    reader.run("sim/repo", cursor);
    assertThat(requested().get(before)).contains("per_page=50");
    assertThat(requested().subList(before, requested().size()))
        .anyMatch(target -> target.endsWith("per_page=100"));
    assertAllArrived();
  }

  @Test
  void anOutageChangesNoPageSize() throws Exception {
    // The repository is known then, and no page is on its way.
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.failures).isZero();
    github.failNext(9, 502);
    reader.run("sim/repo", Cursor.START);
    assertAllArrived();
    assertThat(reader.failures).isPositive();
    assertThat(reader.readings).containsExactly("");
  }

  /** A release before this one read by page numbers, and may have stopped behind a cap. */
  @Test
  void aHistoryBegunByPageNumbersIsReadWholeByTime() throws Exception {
    List<IssueComment> all = atGitHub();
    IssueComment last = all.get(249);
    String old =
        ("{'v':2,'repo':%d,'extras':[],'stage':'history','mark':'%s',"
                + "'page':'/repositories/%d/issues/comments?sort=created&direction=asc"
                + "&per_page=100&page=3','offset':50,'anchor':%d}")
            .formatted(
                repository.repository().id(),
                time.now().minusSeconds(60),
                repository.repository().id(),
                last.githubId())
            .replace('\'', '"');
    all.subList(0, 250).forEach(item -> reader.stored.put(source.itemKey(item), item));
    github.capList(Endpoint.ISSUE_COMMENTS, 300);
    reader.run("sim/repo", new Cursor(old));
    assertAllArrived();
    assertThat(reader.arrivedInHistory).as("nothing is counted twice").isZero();
  }

  @Test
  void aCatchUpBegunByPageNumbersIsReadAgainByTime() throws Exception {
    reader.run("sim/repo", Cursor.START);
    String begun = time.now().toString();
    time.advance(Duration.ofDays(1));
    atGitHub().subList(0, 150).forEach(item -> repository.touchIssueComment(item.githubId()));
    time.advance(Duration.ofHours(1));
    String old =
        ("{'v':2,'repo':%1$d,'extras':[],'stage':'catch-up','since':'%2$s','pass':1,'mark':'%3$s',"
                + "'news':true,'page':'/repositories/%1$d/issues/comments?sort=updated"
                + "&direction=desc&per_page=100&since=%2$s','offset':60,'anchor':1,"
                + "'changed':'%2$s'}")
            .formatted(repository.repository().id(), begun, time.now())
            .replace('\'', '"');
    reader.run("sim/repo", new Cursor(old));
    assertAllArrived();
  }

  @Test
  void aSecondRunWithoutNewsIsOneUnchangedAnswer() throws Exception {
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofDays(1));
    long units = github.quotaSpent(QuotaResource.CORE);
    assertThat(reader.run("sim/repo", end)).isEqualTo(end);
    assertThat(github.quotaSpent(QuotaResource.CORE) - units).isZero();
  }

  /** A page that is full stays the same when something is added behind it. */
  @Test
  void whatComesBehindAFullPageIsNoUnchangedAnswer() throws Exception {
    Cursor end = reader.run("sim/repo", Cursor.START);
    for (int day = 0; day < 3; day++) {
      addComments(99 + day);
      time.advance(Duration.ofHours(1));
      end = reader.run("sim/repo", end);
      assertAllArrived();
      time.advance(Duration.ofDays(1));
    }
    addComments(1);
    reader.run("sim/repo", end);
    assertAllArrived();
  }

  @Test
  void keysBehindThePageCapAreListed() throws Exception {
    Cursor end = reader.run("sim/repo", Cursor.START);
    github.capList(Endpoint.ISSUE_COMMENTS, 200);
    Set<String> keys = new HashSet<>();
    try (KeyListing listing = source.listKeys("sim/repo", end, Cursor.START).orElseThrow()) {
      for (boolean last = false; !last; ) {
        Chunk<String> page = listing.next(0);
        keys.addAll(page.items());
        last = page.last();
      }
    }
    assertThat(keys).containsExactlyInAnyOrderElementsOf(reader.stored.keySet());
  }

  @Test
  void theNextPageIsFetchedWhileThisOneIsStored() throws Exception {
    try (SourceSession<IssueComment> session = source.open("sim/repo", Cursor.START)) {
      session.next(10, 0);
      Eventually.until("the next page is asked for", () -> requested().size() >= 2);
      assertThat(requested()).as("although 89 items of the first one are left").hasSize(2);
    }
  }
}
