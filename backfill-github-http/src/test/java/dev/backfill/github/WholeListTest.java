package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.history.Label;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.RepositoryLists;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedList;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.WrongAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Short lists without an order, which are read whole until two passes agree. */
class WholeListTest {

  private static final String TARGET = "sim/repo";

  private final ManualTimeSource time = new ManualTimeSource();
  private SimulatedGitHub github;
  private GitHub client;
  private SimulatedList<RepositoryLists.Label> labels;
  private PullSource<Label> source;

  @AfterEach
  void stop() {
    client.close();
    github.close();
  }

  private void begin(int count) {
    begin(count, 1_000);
  }

  private void begin(int count, int quota) {
    SimulatedRepository repository = SimulatedRepository.builder(TARGET).labels(count).build();
    labels = repository.list(RepositoryLists.LABELS);
    github =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(quota, Duration.ofHours(1))
            .timeSource(time)
            .start();
    client = GitHub.builder().apiUrl(github.url()).timeSource(time).build();
    source = client.stream(GitHubStream.LABELS);
  }

  private Reader<Label> reader() {
    return new Reader<>(source, time);
  }

  @Test
  void anUnchangedListOnOnePageCostsNoQuota() throws Exception {
    begin(9);
    Reader<Label> reader = reader();
    Cursor end = reader.run(TARGET, Cursor.START);
    assertThat(reader.stored.keySet()).containsExactlyElementsOf(labels.keys());
    assertThat(reader.spent).as("the repository and the list").isEqualTo(2);
    Reader<Label> again = reader();
    assertThat(again.run(TARGET, end)).isEqualTo(end);
    assertThat(again.stored).isEmpty();
    assertThat(again.spent).isZero();
  }

  @Test
  void anUnchangedListOnSeveralPagesIsDeliveredOnce() throws Exception {
    begin(250);
    Reader<Label> reader = reader();
    Cursor end = reader.run(TARGET, Cursor.START);
    assertThat(reader.arrivedInHistory).isEqualTo(250);
    assertThat(reader.arrivedInCatchUp).isZero();
    assertThat(reader.spent).as("the repository, and two passes").isEqualTo(1 + 3 + 3);
    time.advance(Duration.ofHours(1));
    Reader<Label> again = reader();
    assertThat(again.run(TARGET, end)).as("nothing to commit").isEqualTo(end);
    assertThat(again.stored).isEmpty();
    assertThat(again.spent).isEqualTo(3);
  }

  @Test
  void whatChangesBetweenTwoRunsArrives() throws Exception {
    begin(250);
    Reader<Label> reader = reader();
    Cursor end = reader.run(TARGET, Cursor.START);
    labels.edit(labels.keys().get(240));
    String added = labels.add().name();
    reader.run(TARGET, end);
    assertThat(reader.stored).containsKey(added);
    assertThat(reader.stored.values().stream().map(Label::description))
        .containsExactlyInAnyOrderElementsOf(
            labels.rows().stream().map(RepositoryLists.Label::description).toList());
  }

  /** A deletion moves later items to a page that was read before. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void deletionsBetweenAnyTwoRequestsHideNothing(int requests) throws Exception {
    begin(250);
    List<String> before = labels.keys();
    github.afterRequests(requests, () -> before.subList(0, 60).forEach(labels::delete));
    Reader<Label> reader = reader();
    reader.run(TARGET, Cursor.START);
    assertThat(reader.stored.keySet()).containsAll(labels.keys());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void deletionsHideNoKeyFromAVerification(int requests) throws Exception {
    begin(250);
    List<String> before = labels.keys();
    github.afterRequests(requests, () -> before.subList(0, 60).forEach(labels::delete));
    List<String> keys = new ArrayList<>();
    try (KeyListing listing = source.listKeys(TARGET, Cursor.START, Cursor.START).orElseThrow()) {
      Chunk<String> page;
      do {
        page = listing.next(0);
        keys.addAll(page.items());
      } while (!page.last());
      assertThat(listing.count(0)).isEqualTo(190);
    }
    assertThat(keys).containsAll(labels.keys());
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100, 120, 240})
  void aReadingThatIsInterruptedFindsWhatDeletionsHaveMoved(int done) throws Exception {
    begin(250);
    Reader<Label> reader = reader();
    Cursor middle;
    try (SourceSession<Label> session = source.open(TARGET, Cursor.START)) {
      Chunk<Label> chunk = session.next(done, 0);
      reader.keep(chunk);
      middle = chunk.next();
    }
    labels.keys().subList(0, 8).forEach(labels::delete);
    reader.run(TARGET, middle);
    assertThat(reader.stored.keySet()).containsAll(labels.keys());
  }

  /** Only the rest of the page is read again, so that its version would stand for unread items. */
  @ParameterizedTest
  @EnumSource
  void aPageThatChangesWhileItsReadingIsInterruptedIsReadAgain(Change change) throws Exception {
    begin(90);
    Reader<Label> reader = reader();
    Cursor middle;
    try (SourceSession<Label> session = source.open(TARGET, Cursor.START)) {
      Chunk<Label> chunk = session.next(50, 0);
      reader.keep(chunk);
      middle = chunk.next();
    }
    change.apply(labels);
    reader.run(TARGET, middle);
    assertStored(reader);
  }

  /** A change in front of the position of an interrupted reading. */
  private enum Change {
    EDIT,
    ADDITION,
    DELETION_AND_ADDITION;

    void apply(SimulatedList<RepositoryLists.Label> labels) {
      switch (this) {
        case EDIT -> labels.edit(labels.keys().get(3));
        case ADDITION -> labels.edit(labels.add().name(), label -> named(label, "!"));
        case DELETION_AND_ADDITION -> {
          labels.delete(labels.keys().get(3));
          labels.edit(labels.add().name(), label -> named(label, "~"));
        }
      }
    }

    private static RepositoryLists.Label named(RepositoryLists.Label label, String name) {
      return new RepositoryLists.Label(
          label.id(), name, label.description(), label.color(), label.isDefault());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {90, 100, 250})
  void changesAndInterruptionsAnywhereLoseNothing(int count) throws Exception {
    for (int seed = 0; seed < 8; seed++) {
      begin(count);
      Random random = new Random(seed);
      AtomicInteger changes = new AtomicInteger(3);
      github.afterRequests(1 + random.nextInt(5), () -> change(random, changes));
      Reader<Label> reader = reader();
      Cursor cursor = Cursor.START;
      boolean last = false;
      while (!last) {
        try (SourceSession<Label> session = source.open(TARGET, cursor)) {
          for (int left = 1 + random.nextInt(6); left > 0 && !last; left--) {
            Chunk<Label> chunk = session.next(1 + random.nextInt(80), 0);
            reader.keep(chunk);
            cursor = chunk.next();
            last = chunk.last();
          }
        }
      }
      // Changes may have come behind the last pass.
      changes.set(0);
      reader.run(TARGET, cursor);
      assertStored(reader);
      stop();
    }
    begin(count);
  }

  private void change(Random random, AtomicInteger changes) {
    if (changes.getAndDecrement() <= 0) {
      return;
    }
    List<String> keys = labels.keys();
    switch (random.nextInt(3)) {
      case 0 -> labels.add();
      case 1 -> labels.edit(keys.get(random.nextInt(keys.size())));
      default -> keys.subList(0, 1 + random.nextInt(keys.size() / 3)).forEach(labels::delete);
    }
    github.afterRequests(1 + random.nextInt(4), () -> change(random, changes));
  }

  private void assertStored(Reader<Label> reader) {
    for (RepositoryLists.Label row : labels.rows()) {
      assertThat(reader.stored.get(row.name()))
          .as(row.name())
          .isNotNull()
          .extracting(Label::description)
          .isEqualTo(row.description());
    }
  }

  /** GitHub's versions differ from token to token. */
  @Test
  void anotherVersionOfTheSameItemsDeliversNothing() throws Exception {
    begin(9);
    String list = Stub.byNumber("/labels?per_page=100");
    String labels = "[{\"id\":1,\"name\":\"bug\",\"color\":\"ff0000\",\"default\":true}]";
    try (Stub stub = new Stub()) {
      Reader<Label> reader = new Reader<>(stub.client.stream(GitHubStream.LABELS), stub.time);
      stub.answer(list, Stub.ok(labels).withHeader("ETag", "\"one\""));
      Cursor end = reader.run("o/r", Cursor.START);
      stub.answer(list, Stub.ok(labels).withHeader("ETag", "\"other\""));
      reader.run("o/r", end);
      assertThat(reader.arrivedInHistory).isEqualTo(1);
      assertThat(reader.arrivedInCatchUp).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 300})
  void aListThatGitHubEndsAtAPageCapHasAGap(int cap) throws Exception {
    begin(450);
    github.capList(Endpoint.REPOSITORY_LIST, cap);
    Cursor end = Cursor.START;
    for (int run = 0; run < 2; run++) {
      try (SourceSession<Label> session = source.open(TARGET, end)) {
        Chunk<Label> chunk;
        do {
          chunk = session.next(50, 0);
        } while (!chunk.last());
        end = chunk.next();
        assertThat(session.completeness().gaps()).isTrue();
      }
    }
    try (KeyListing listing = source.listKeys(TARGET, end, Cursor.START).orElseThrow()) {
      Chunk<String> page;
      do {
        page = listing.next(0);
      } while (!page.last());
      assertThat(listing.completeness().gaps()).isTrue();
    }
  }

  /** The cap begins to hold later, and the list in front of it has not changed. */
  @Test
  void aPageCapThatAppearsLaterIsFoundInAnUnchangedList() throws Exception {
    begin(200);
    Cursor end = reader().run(TARGET, Cursor.START);
    labels.edit(labels.add().name(), label -> Change.named(label, "~"));
    github.capList(Endpoint.REPOSITORY_LIST, 200);
    try (SourceSession<Label> session = source.open(TARGET, end)) {
      while (!session.next(50, 0).last()) {
        // Only the end matters.
      }
      assertThat(session.completeness().gaps()).isTrue();
    }
  }

  /** Each wait ends a session, as it does in a slice with limits. */
  @Test
  void aQuotaForFewerPagesThanTheListHasIsNoObstacle() throws Exception {
    begin(1_500, 10);
    Reader<Label> reader = reader();
    Cursor end = reader.run(TARGET, Cursor.START);
    assertThat(reader.stored.keySet()).containsExactlyInAnyOrderElementsOf(labels.keys());
    assertThat(reader.waits).isLessThan(15);
    reader.run(TARGET, end);
    assertThat(reader.waits).isLessThan(30);
  }

  /** Each wait ends a session. The list changes meanwhile, and its keys do not. */
  @Test
  void aQuotaForFewerPagesThanTheListHasIsNoObstacleToAVerification() throws Exception {
    begin(1_500, 10);
    Cursor end = reader().run(TARGET, Cursor.START);
    List<String> keys = new ArrayList<>();
    Cursor cursor = Cursor.START;
    boolean last = false;
    for (int waits = 0; !last; ) {
      try (KeyListing listing = source.listKeys(TARGET, end, cursor).orElseThrow()) {
        while (!last) {
          Chunk<String> page = listing.next(0);
          keys.addAll(page.items());
          cursor = page.next();
          last = page.last();
        }
      } catch (RateLimitedException e) {
        assertThat(++waits).as("waits").isLessThan(15);
        labels.edit(labels.keys().get(waits));
        time.advance(Duration.between(time.now(), e.until()));
      }
    }
    assertThat(keys).containsAll(labels.keys());
  }

  @Test
  void theTotalIsThatOfTheLastPass() throws Exception {
    begin(250);
    github.afterRequests(3, () -> labels.keys().subList(0, 60).forEach(labels::delete));
    try (SourceSession<Label> session = source.open(TARGET, Cursor.START)) {
      while (!session.next(50, 0).last()) {
        // Only the end matters.
      }
      assertThat(session.total()).isEqualTo(Total.exact(190));
    }
  }

  /** A list that changes all the time is left to the next run, as is every other one. */
  @Test
  void aListThatNeverStandsStillEndsARunAllTheSame() throws Exception {
    begin(150);
    Reader<Label> reader = reader();
    reader.betweenChunks = () -> labels.edit(labels.keys().get(3));
    Cursor end = reader.run(TARGET, Cursor.START);
    reader.betweenChunks = () -> {};
    reader.run(TARGET, end);
    assertThat(reader.stored.keySet()).containsAll(labels.keys());
  }

  @Test
  void aListOfManyPagesIsReadWithoutHoldingItInMemory() throws Exception {
    begin(5_200);
    Reader<Label> reader = reader();
    reader.run(TARGET, Cursor.START);
    assertThat(reader.stored).hasSize(5_200);
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "BAD_GATEWAY", "UNAVAILABLE", "OBJECT", "RESET"})
  void aFailureInTheMiddleOfAPassIsReadAgain(WrongAnswer failure) throws Exception {
    begin(250);
    Reader<Label> reader = reader();
    reader.betweenChunks = () -> github.answerNext(Endpoint.REPOSITORY_LIST, failure);
    reader.run(TARGET, Cursor.START);
    assertThat(reader.failures + reader.waits).isPositive();
    assertThat(reader.stored.keySet()).containsAll(labels.keys());
    assertThat(reader.rejected).isEmpty();
  }

  /** Its key is its place in a response, which is no name. */
  @Test
  void aLabelWithoutAReadableNameIsNotRequestedAlone() throws Exception {
    begin(9);
    try (Stub stub = new Stub()) {
      PullSource<Label> stubbed = stub.client.stream(GitHubStream.LABELS);
      Reader<Label> reader = new Reader<>(stubbed, stub.time);
      stub.answer(Stub.byNumber("/labels?per_page=100"), Stub.ok("[7]"));
      Cursor end = reader.run("o/r", Cursor.START);
      List<String> keys = List.copyOf(reader.rejected.keySet());
      assertThat(keys).hasSize(1);
      int before = stub.requests();
      try (SourceSession<Label> session = stubbed.openByKeys("o/r", keys, end).orElseThrow()) {
        assertThat(session.next(10, 0).rejected())
            .singleElement()
            .satisfies(item -> assertThat(item.error()).contains("did not return the key"));
      }
      assertThat(stub.requests()).isEqualTo(before);
    }
  }

  @Test
  void aLabelIsReadAloneByItsNameWhateverItsCharacters() throws Exception {
    begin(9);
    List<String> names = labels.keys();
    assertThat(names).anyMatch(name -> name.contains("/")).anyMatch(name -> name.contains("%"));
    try (SourceSession<Label> session =
        source.openByKeys(TARGET, names, Cursor.START).orElseThrow()) {
      Chunk<Label> chunk = session.next(100, 0);
      assertThat(chunk.items().stream().map(Label::name)).containsExactlyElementsOf(names);
      assertThat(chunk.rejected()).isEmpty();
    }
  }
}
