package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes while a history is read, and after it. */
@Timeout(120)
class CatchUpTest {

  private static final Set<PullRequestExtra> ALL = EnumSet.allOf(PullRequestExtra.class);

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 260);
  private final List<Integer> numbers = repository.numbers().boxed().toList();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token(Stub.TOKEN)
          .quota(1_000_000, Duration.ofHours(1))
          .timeSource(time)
          .start();
  private final GitHub client =
      GitHub.builder()
          .apiUrl(github.url())
          .token(Stub.TOKEN)
          .timeSource(time)
          .detailConcurrency(2)
          .build();

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private Reader<PullRequest> pullRequests(GitHubTransport transport) {
    return new Reader<>(client.pullRequests(ALL, transport), time);
  }

  private void assertNewest(Reader<PullRequest> reader) {
    assertThat(reader.stored.values().stream().map(AsQueried::of))
        .containsExactlyInAnyOrderElementsOf(repository.pullRequests().map(AsQueried::of).toList());
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void requirement25_whatIsCreatedUpdatedOrReviewedMeanwhileIsThereInItsNewestState(
      GitHubTransport transport) throws Exception {
    Reader<PullRequest> reader = pullRequests(transport);
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          time.advance(Duration.ofMinutes(7));
          switch (++chunks[0]) {
            case 1 -> {
              repository.touch(numbers.get(3));
              repository.touch(numbers.get(250));
              // Before the page at the end is fetched ahead.
              repository.addPullRequests(3);
            }
            case 2 -> repository.addReview(numbers.get(5));
            case 5 -> repository.addReview(numbers.get(100));
            default -> {}
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertNewest(reader);
    // By page numbers, new ones are left to the catch-up.
    assertThat(reader.arrivedInHistory).isEqualTo(transport == GitHubTransport.REST ? 260 : 263);
    assertThat(reader.arrivedInCatchUp).as("only what changed").isBetween(6, 16);
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void whatChangesDuringTheCatchUpIsThereToo(GitHubTransport transport) throws Exception {
    Reader<PullRequest> reader = pullRequests(transport);
    boolean[] changed = {false};
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          time.advance(Duration.ofMinutes(7));
          if (++chunks[0] == 2) {
            numbers.subList(0, 120).forEach(repository::touch);
          }
          if (reader.arrivedInCatchUp > 40 && !changed[0]) {
            changed[0] = true;
            repository.touch(numbers.get(0));
            repository.addReview(numbers.get(119));
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertThat(changed[0]).isTrue();
    assertNewest(reader);
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void aSessionThatEndsAnOldPassReadsWhatChangedSince(GitHubTransport transport) throws Exception {
    Reader<PullRequest> reader = pullRequests(transport);
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(3));
    numbers.subList(100, 140).forEach(repository::touch);
    PullSource<PullRequest> source = client.pullRequests(ALL, transport);
    Cursor cursor;
    try (SourceSession<PullRequest> session = source.open("sim/repo", end)) {
      reader.keep(session.next(40, 0));
      // What changed just now is read once more; nothing of it is new.
      Chunk<PullRequest> again = session.next(10, 0);
      assertThat(again.items()).hasSize(10);
      assertThat(again.last()).isFalse();
      reader.keep(again);
      cursor = again.next();
    }
    time.advance(Duration.ofHours(5));
    repository.touch(numbers.get(7));
    time.advance(Duration.ofHours(1));
    reader.run("sim/repo", cursor);
    assertNewest(reader);
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void aCatchUpThatIsInterruptedGoesOnWhereItWas(GitHubTransport transport) throws Exception {
    Reader<PullRequest> reader = pullRequests(transport);
    reader.betweenChunks = () -> time.advance(Duration.ofMinutes(1));
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(3));
    numbers.subList(100, 250).forEach(repository::touch);
    PullSource<PullRequest> source = client.pullRequests(ALL, transport);
    Cursor cursor = end;
    int sessions = 0;
    for (boolean last = false; !last; sessions++) {
      assertThat(sessions).isLessThan(60);
      try (SourceSession<PullRequest> session = source.open("sim/repo", cursor)) {
        Chunk<PullRequest> chunk = session.next(20, 0);
        assertThat(chunk.phase()).isEqualTo(Phase.CATCH_UP);
        reader.keep(chunk);
        cursor = chunk.next();
        last = chunk.last();
      }
    }
    assertNewest(reader);
    assertThat(reader.arrivedInCatchUp).isBetween(150, 300);
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void aSecondRunOverAnUnchangedRepositoryIsFreeAndMovesNothing(GitHubTransport transport)
      throws Exception {
    Reader<PullRequest> reader = pullRequests(transport);
    Cursor end = reader.run("sim/repo", Cursor.START);
    for (int again = 0; again < 3; again++) {
      time.advance(Duration.ofDays(1));
      long requests = github.requests();
      long units = github.quotaSpent(QuotaResource.CORE) + github.points();
      assertThat(reader.run("sim/repo", end)).isEqualTo(end);
      assertThat(github.requests() - requests).as("the repository, the list").isEqualTo(2);
      assertThat(github.quotaSpent(QuotaResource.CORE) + github.points() - units).isZero();
    }
    assertThat(reader.arrivedInCatchUp).isZero();
  }

  @Test
  void aSecondRunOfAllThreeStreamsInANewProcessCostsAtMostThreeRequests() throws Exception {
    Cursor[] ends = {
      pullRequests(GitHubTransport.AUTO).run("sim/repo", Cursor.START),
      new Reader<>(client.reviewComments(), time).run("sim/repo", Cursor.START),
      new Reader<>(client.issueComments(), time).run("sim/repo", Cursor.START)
    };
    time.advance(Duration.ofDays(1));
    long units = github.quotaSpent(QuotaResource.CORE) + github.points();
    try (GitHub next =
        GitHub.builder().apiUrl(github.url()).token(Stub.TOKEN).timeSource(time).build()) {
      List<Cursor> after =
          List.of(
              new Reader<>(next.pullRequests(ALL), time).run("sim/repo", ends[0]),
              new Reader<>(next.reviewComments(), time).run("sim/repo", ends[1]),
              new Reader<>(next.issueComments(), time).run("sim/repo", ends[2]));
      assertThat(after).as("nothing to commit").containsExactly(ends);
    }
    assertThat(github.quotaSpent(QuotaResource.CORE) + github.points() - units)
        .isLessThanOrEqualTo(3);
  }

  @Test
  void laterRunsBringJustWhatChanged() throws Exception {
    Reader<PullRequest> reader = pullRequests(GitHubTransport.GRAPHQL);
    Cursor end = reader.run("sim/repo", Cursor.START);
    for (int day = 1; day <= 5; day++) {
      time.advance(Duration.ofDays(1));
      repository.touch(numbers.get(10 * day));
      repository.addPullRequests(1);
      time.advance(Duration.ofHours(1));
      long points = github.points();
      end = reader.run("sim/repo", end);
      assertNewest(reader);
      assertThat(github.points() - points).isLessThanOrEqualTo(2);
    }
    assertThat(reader.arrivedInHistory).isEqualTo(260);
    assertThat(reader.arrivedInCatchUp).isEqualTo(10);
  }

  @Test
  void commentsThatAreWrittenOrEditedMeanwhileAndLaterArrive() throws Exception {
    Reader<ReviewComment> lines = new Reader<>(client.reviewComments(), time);
    Reader<IssueComment> comments = new Reader<>(client.issueComments(), time);
    long someLine = repository.reviewComments().skip(3).findFirst().orElseThrow().githubId();
    long someComments = repository.issueComments().skip(3).findFirst().orElseThrow().githubId();
    int[] chunks = {0};
    Runnable change =
        () -> {
          time.advance(Duration.ofMinutes(7));
          if (++chunks[0] % 4 == 2) {
            repository.touchReviewComment(someLine);
            repository.touchIssueComment(someComments);
            repository.addReviewComment(numbers.get(chunks[0]));
            repository.addIssueComment(numbers.get(chunks[0]));
          }
        };
    lines.betweenChunks = change;
    comments.betweenChunks = change;
    Cursor linesEnd = lines.run("sim/repo", Cursor.START);
    Cursor commentsEnd = comments.run("sim/repo", Cursor.START);
    assertThat(comments.stored.values())
        .containsExactlyInAnyOrderElementsOf(repository.issueComments().toList());
    lines.betweenChunks = () -> {};
    comments.betweenChunks = () -> {};
    time.advance(Duration.ofDays(2));
    repository.addReviewComment(numbers.get(1));
    repository.addIssueComment(numbers.get(1));
    time.advance(Duration.ofHours(1));
    lines.run("sim/repo", linesEnd);
    comments.run("sim/repo", commentsEnd);
    assertThat(lines.stored.values())
        .containsExactlyInAnyOrderElementsOf(repository.reviewComments().toList());
    assertThat(comments.stored.values())
        .containsExactlyInAnyOrderElementsOf(repository.issueComments().toList());
    assertThat(github.log().stream().filter(exchange -> exchange.target().contains("since=")))
        .as("comments are asked for since a time")
        .isNotEmpty();
  }

  @Test
  void inARepositoryThatNeverRestsTheRunEndsAllTheSame() throws Exception {
    Reader<PullRequest> reader = pullRequests(GitHubTransport.REST);
    int[] more = {0};
    reader.betweenChunks =
        () -> {
          time.advance(Duration.ofMinutes(7));
          repository.touch(numbers.get(++more[0] % 260));
        };
    Cursor end = reader.run("sim/repo", Cursor.START);
    reader.betweenChunks = () -> {};
    time.advance(Duration.ofMinutes(10));
    reader.run("sim/repo", end);
    assertNewest(reader);
  }

  @Test
  void aCommentKeyIsEnoughToReadItAgain() throws Exception {
    List<String> keys =
        IntStream.of(2, 5)
            .mapToObj(i -> repository.reviewComments().skip(i).findFirst().orElseThrow())
            .map(comment -> Long.toString(comment.githubId()))
            .toList();
    PullSource<ReviewComment> source = client.reviewComments();
    try (SourceSession<ReviewComment> session =
        source
            .openByKeys("sim/repo", List.of(keys.get(0), "nonsense", keys.get(1)), Cursor.START)
            .orElseThrow()) {
      Chunk<ReviewComment> chunk = session.next(10, 0);
      assertThat(chunk.items()).map(source::itemKey).isEqualTo(keys);
      assertThat(chunk.rejected()).hasSize(1);
      assertThat(chunk.phase()).isEqualTo(Phase.RETRY);
      assertThat(chunk.last()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void whatChangedJustNowIsReadOnceMoreInCaseAReplicaLagged(GitHubTransport transport)
      throws Exception {
    Reader<PullRequest> reader = pullRequests(transport);
    repository.touch(numbers.get(5));
    Cursor end = reader.run("sim/repo", Cursor.START);
    int before = reader.arrivedInCatchUp;
    time.advance(Duration.ofHours(1));
    Cursor next = reader.run("sim/repo", end);
    assertThat(reader.arrivedInCatchUp).as("read once more").isGreaterThan(before);
    before = reader.arrivedInCatchUp;
    time.advance(Duration.ofHours(1));
    assertThat(reader.run("sim/repo", next)).as("and then no more").isEqualTo(next);
    assertThat(reader.arrivedInCatchUp).isEqualTo(before);
  }

  @Test
  void anItemDeletedDuringAnInterruptedCatchUpHidesNoOther() throws Exception {
    Reader<PullRequest> reader = pullRequests(GitHubTransport.REST);
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(3));
    numbers.subList(0, 60).forEach(repository::touch);
    PullSource<PullRequest> source = client.pullRequests(ALL, GitHubTransport.REST);
    Cursor cursor;
    Chunk<PullRequest> chunk;
    try (SourceSession<PullRequest> session = source.open("sim/repo", end)) {
      chunk = session.next(20, 0);
      reader.keep(chunk);
      cursor = chunk.next();
    }
    int gone = chunk.items().get(3).number();
    repository.deletePullRequest(gone);
    reader.run("sim/repo", cursor);
    reader.stored.remove("" + gone);
    assertNewest(reader);
  }

  @Test
  void whatIsDeletedDuringAnInterruptedCatchUpHidesNoChange() throws Exception {
    PullSource<PullRequest> source = client.pullRequests(Set.of(), GitHubTransport.REST);
    Reader<PullRequest> reader = new Reader<>(source, time);
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(3));
    for (int number : numbers) {
      repository.touch(number);
      time.advance(Duration.ofSeconds(1));
    }
    time.advance(Duration.ofHours(1));
    Chunk<PullRequest> chunk;
    try (SourceSession<PullRequest> session = source.open("sim/repo", end)) {
      chunk = session.next(110, 0);
      reader.keep(chunk);
    }
    List<Integer> gone = chunk.items().subList(0, 20).stream().map(item -> item.number()).toList();
    gone.forEach(repository::deletePullRequest);
    time.advance(Duration.ofHours(1));
    int before = reader.arrivedInCatchUp;
    reader.run("sim/repo", chunk.next());
    assertThat(repository.listedPullRequests())
        .allSatisfy(
            now -> assertThat(times(reader.stored.get("" + now.number()))).isEqualTo(times(now)));
    assertThat(reader.arrivedInCatchUp - before)
        .as("nothing is read twice but what the clocks may differ by")
        .isLessThan(300);
  }

  /** What moves over the end of a page between two sessions is handed out again. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aNewItemIsCountedOnceHoweverOftenItIsHandedOut(boolean edited) throws Exception {
    PullSource<PullRequest> source = client.pullRequests(Set.of(), GitHubTransport.REST);
    Reader<PullRequest> reader = new Reader<>(source, time);
    Chunk<PullRequest> chunk;
    try (SourceSession<PullRequest> session = source.open("sim/repo", Cursor.START)) {
      while (reader.stored.size() < numbers.size()) {
        time.advance(Duration.ofMinutes(1));
        reader.keep(session.next(50, 0));
      }
      for (int i = 0; i < 150; i++) {
        time.advance(Duration.ofSeconds(10));
        repository.addPullRequests(1);
      }
      time.advance(Duration.ofMinutes(10));
      chunk = session.next(90, 0);
      reader.keep(chunk);
    }
    time.advance(Duration.ofHours(1));
    if (edited) {
      numbers.subList(0, 40).forEach(repository::touch);
    }
    time.advance(Duration.ofHours(1));
    try (SourceSession<PullRequest> session = source.open("sim/repo", chunk.next())) {
      while (!chunk.last()) {
        time.advance(Duration.ofMinutes(1));
        chunk = session.next(50, 0);
        reader.keep(chunk);
      }
      assertThat(reader.stored).hasSize(numbers.size() + 150);
      assertThat(session.total()).isEqualTo(Total.exact(numbers.size() + 150));
    }
  }

  /** Its cursor contains the time of the count, and not the newest item that was delivered. */
  @Test
  void whatAnEarlierReleaseCountedIsNotCountedAgain() throws Exception {
    Instant counted = time.now();
    time.advance(Duration.ofMinutes(1));
    repository.addPullRequests(2);
    time.advance(Duration.ofMinutes(1));
    Cursor cursor =
        new Cursor(
            ("{'v':2,'repo':%d,'extras':[],'stage':'catch-up','since':'%s','pass':2,"
                    + "'items':%d,'itemsAt':'%s','newer':2}")
                .formatted(repository.repository().id(), time.now(), numbers.size(), counted)
                .replace('\'', '"'));
    time.advance(Duration.ofHours(1));
    PullSource<PullRequest> source = client.pullRequests(Set.of(), GitHubTransport.REST);
    for (int run = 0; run < 3; run++) {
      try (SourceSession<PullRequest> session = source.open("sim/repo", cursor)) {
        Chunk<PullRequest> chunk;
        do {
          chunk = session.next(50, 0);
        } while (!chunk.last());
        cursor = chunk.next();
        assertThat(session.total()).as("run %d", run).isEqualTo(Total.exact(numbers.size() + 2));
      }
      repository.numbers().skip(numbers.size()).forEach(repository::touch);
      time.advance(Duration.ofHours(1));
    }
  }

  /** Nobody can tell when they changed, and a session may end among them. */
  @Test
  void itemsThatCannotBeReadDoNotHoldACatchUpUp() throws Exception {
    try (Stub stub = new Stub()) {
      stub.page(1, 1, 1, 3);
      Cursor cursor;
      try (SourceSession<PullRequest> session = stub.open(Cursor.START)) {
        cursor = session.next(50, 0).next();
      }
      String items =
          IntStream.iterate(6, number -> number > 0, number -> number - 1)
              .mapToObj(
                  number ->
                      Stub.pullRequest(
                          number,
                          number == 5 || number == 4
                              ? "nonsense"
                              : stub.time.now().plusSeconds(number).toString(),
                          ""))
              .collect(Collectors.joining(",", "[", "]"));
      stub.answer(
          Stub.byNumber("/pulls?state=all&sort=updated&direction=desc&per_page=100"),
          Stub.ok(items));
      List<String> got = new ArrayList<>();
      for (int sessions = 0; sessions < 7; sessions++) {
        try (SourceSession<PullRequest> session = stub.open(cursor)) {
          Chunk<PullRequest> chunk = session.next(1, 0);
          chunk.items().forEach(item -> got.add("" + item.number()));
          chunk.rejected().forEach(item -> got.add(item.key()));
          cursor = chunk.next();
        }
      }
      assertThat(got).startsWith("6", "5", "4", "3", "2", "1");
    }
  }

  @Test
  void whatIsReadAgainIsReadWithAllThatTheCursorSays() throws Exception {
    Cursor end = pullRequests(GitHubTransport.REST).run("sim/repo", Cursor.START);
    PullSource<PullRequest> lists = client.pullRequests(Set.of(), GitHubTransport.REST);
    try (SourceSession<PullRequest> again =
        lists.openByKeys("sim/repo", List.of("" + numbers.get(7)), end).orElseThrow()) {
      assertThat(again.next(10, 0).items())
          .singleElement()
          .satisfies(item -> assertThat(item.details()).isNotNull())
          .satisfies(item -> assertThat(item.reviews()).isNotNull());
    }
  }

  @Test
  void aNameThatIsAnothersByTheEndMixesNothing() throws Exception {
    SimulatedRepository other =
        SimulatedRepository.builder("sim/other").id(4_711).pullRequests(30).build();
    try (SimulatedGitHub two =
            SimulatedGitHub.builder()
                .repository(repository)
                .repository(other)
                .token(Stub.TOKEN)
                .timeSource(time)
                .start();
        GitHub both =
            GitHub.builder().apiUrl(two.url()).token(Stub.TOKEN).timeSource(time).build()) {
      Reader<IssueComment> reader = new Reader<>(both.issueComments(), time);
      reader.betweenChunks =
          () -> {
            if (other.repository().fullName().equals("sim/other")) {
              repository.renameTo("sim/elsewhere");
              other.renameTo("sim/repo");
              other.addIssueComment(other.numbers().findFirst().orElseThrow());
            }
          };
      reader.run("sim/repo", Cursor.START);
      assertThat(reader.stored.keySet())
          .containsExactlyInAnyOrderElementsOf(
              repository.issueComments().map(each -> "" + each.githubId()).toList());
    }
  }

  @Test
  void aRenameMeanwhileMakesNoItemLookDeleted() throws Exception {
    Reader<PullRequest> reader = pullRequests(GitHubTransport.REST);
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          if (++chunks[0] == 3) {
            repository.renameTo("sim/elsewhere");
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.rejected).isEmpty();
    assertThat(reader.stored).hasSize(260);
  }

  private static List<Instant> times(PullRequest item) {
    return Arrays.asList(item.createdAt(), item.updatedAt(), item.closedAt(), item.mergedAt());
  }
}
