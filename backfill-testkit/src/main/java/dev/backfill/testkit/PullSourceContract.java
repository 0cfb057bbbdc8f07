package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link PullSource}, as JUnit tests. A subclass names the items that the source
 * should return; JUnit then runs all groups:
 *
 * <pre>{@code
 * class MySourceTest extends PullSourceContract<Order> {
 *   protected PullSource<Order> source() { ... }
 *   protected String target() { return "shop"; }
 *   protected List<String> expectedKeys() { ... }
 * }
 * }</pre>
 *
 * <p>The target must not change while the tests run. It should have a few hundred items, more than
 * one page: then pages end within chunks, and chunks end within pages.
 *
 * @param <T> the kind of item
 */
public abstract class PullSourceContract<T> {

  private static final int[] SIZES = {1, 7, 25, 50, 100, 101, 1000};
  private static final int MAX_RESUMPTIONS = 40;

  /** The items that a session has fetched. */
  private static final class Arrived<T> {
    private final List<T> items = new ArrayList<>();
    private final List<String> rejected = new ArrayList<>();

    void add(Chunk<T> chunk) {
      items.addAll(chunk.items());
      chunk.rejected().stream().map(RejectedItem::key).forEach(rejected::add);
    }

    int size() {
      return items.size() + rejected.size();
    }
  }

  /** A place between two chunks. */
  private record Place(Cursor cursor, int items, int rejected) {}

  /** For subclasses. */
  protected PullSourceContract() {}

  /**
   * Returns the source to test.
   *
   * @return a source; may be the same one every time
   */
  protected abstract PullSource<T> source();

  /**
   * Returns the target to read.
   *
   * @return a target in the source's notation
   */
  protected abstract String target();

  /**
   * Returns the keys of the items that can be stored.
   *
   * @return all of them, in the source's order
   */
  protected abstract List<String> expectedKeys();

  /**
   * Returns the keys of the items that cannot be stored; none, unless overridden.
   *
   * @return all of them, in the source's order
   */
  protected List<String> expectedRejectedKeys() {
    return List.of();
  }

  /**
   * Returns the items that can be stored; none, unless overridden. If there are none, only keys are
   * compared.
   *
   * @return all of them in the source's order, or none
   */
  protected List<T> expectedItems() {
    return List.of();
  }

  /** Reading from the start to the end: every item once and in order. */
  @Nested
  public class Reading {

    /**
     * The session returns every item exactly once and in order, with any chunk size.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void everyItemArrivesExactlyOnceAndInOrder() throws InterruptedException {
      for (int size : SIZES) {
        try (SourceSession<T> session = open(Cursor.START)) {
          assertComplete(drain(session, size), "in chunks of " + size);
        }
      }
    }

    /**
     * The session returns at most the requested number of items in a chunk, including rejected
     * items.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void aChunkNeverExceedsItsSize() throws InterruptedException {
      for (int size : SIZES) {
        try (SourceSession<T> session = open(Cursor.START)) {
          for (Chunk<T> chunk : chunks(session, size)) {
            assertThat(chunk.size()).as("size of a chunk of at most %d", size).isBetween(0, size);
          }
        }
      }
    }

    /**
     * The session marks the last chunk, and returns no further item if it is called again.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void theEndStaysTheEnd() throws InterruptedException {
      Cursor end;
      try (SourceSession<T> session = open(Cursor.START)) {
        List<Chunk<T>> chunks = chunks(session, 100);
        end = chunks.get(chunks.size() - 1).next();
        assertNothingMore(session, "in the same session");
        assertNothingMore(session, "in the same session again");
      }
      try (SourceSession<T> session = open(end)) {
        assertNothingMore(session, "in a new session at the end's cursor");
      }
    }

    private void assertNothingMore(SourceSession<T> session, String where)
        throws InterruptedException {
      Chunk<T> chunk = session.next(10, 0);
      assertThat(chunk.size()).as("items after the end, %s", where).isZero();
      assertThat(chunk.last()).as("the end is the end, %s", where).isTrue();
    }

    /**
     * The session returns valid values for quota and total at any time.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void quotaAndTotalCanBeAskedAtAnyTime() throws InterruptedException {
      try (SourceSession<T> session = open(Cursor.START)) {
        session.quota();
        assertThat(session.total()).as("total before the first chunk").isNotNull();
        int arrived = drain(session, 50).size();
        session.quota();
        if (session.total().isExact()) {
          assertThat(session.total().count())
              .as("total that the source calls exact")
              .isEqualTo(arrived);
        }
      }
    }

    /**
     * The source has a name and unique keys, and a store can keep them.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void nameAndKeysCanBeStored() throws InterruptedException {
      assertThat(source().name()).isNotBlank().hasSizeLessThanOrEqualTo(100);
      assertThat(source().name()).as("the name is stable").isEqualTo(source().name());
      try (SourceSession<T> session = open(Cursor.START)) {
        Set<String> seen = new HashSet<>();
        Arrived<T> arrived = drain(session, 100);
        List<String> all = keys(arrived.items);
        all.addAll(arrived.rejected);
        for (String key : all) {
          assertThat(key).as("an item's key").isNotBlank();
          assertThat(seen.add(key)).as("key %s is new", key).isTrue();
        }
      }
    }
  }

  /** Continuation in a new session at any cursor. */
  @Nested
  public class Resuming {

    /**
     * The source returns exactly the remaining items in a new session at the cursor of any chunk.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void aNewSessionAtAnyCursorReturnsTheRest() throws InterruptedException {
      List<Place> places = places(7);
      int stride = Math.max(1, places.size() / MAX_RESUMPTIONS);
      for (int i = 0; i < places.size(); i += stride) {
        assertRestArrives(places.get(i), 25);
      }
      assertRestArrives(places.get(places.size() - 1), 25);
    }

    /**
     * The session accepts a different size for each chunk, also after another session.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void theChunkSizeMayChangeAtAnyTime() throws InterruptedException {
      Arrived<T> arrived = new Arrived<>();
      Cursor cursor = Cursor.START;
      boolean last = false;
      for (int round = 0; !last; round++) {
        assertThat(round).as("sessions of two chunks until the end").isLessThan(mostChunks());
        try (SourceSession<T> session = open(cursor)) {
          for (int n = 0; n < 2 && !last; n++) {
            Chunk<T> chunk = session.next(SIZES[(2 * round + n) % 5], 0);
            arrived.add(chunk);
            cursor = stored(chunk.next());
            last = chunk.last();
          }
        }
      }
      assertComplete(arrived, "with changing sizes in many sessions");
    }

    /**
     * The source writes cursors that fit into every store, and accepts them when it opens a
     * session.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void aCursorFitsIntoEveryStore() throws InterruptedException {
      for (Place place : places(25)) {
        assertThat(place.cursor().value()).hasSizeLessThanOrEqualTo(Cursor.MAX_LENGTH);
        assertThat(source().canResume(stored(place.cursor())))
            .as("resumes its own cursor %s", place.cursor())
            .isTrue();
      }
    }

    /**
     * The source returns the same items if it is opened twice at the same cursor.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void theSameCursorReturnsTheSameItemsAgain() throws InterruptedException {
      List<Place> places = places(50);
      for (Place place : List.of(places.get(0), places.get(places.size() / 2))) {
        try (SourceSession<T> first = open(place.cursor());
            SourceSession<T> second = open(place.cursor())) {
          assertThat(keys(drain(second, 50).items))
              .as("items from %s on, read again", place.cursor())
              .isEqualTo(keys(drain(first, 50).items));
        }
      }
    }

    /**
     * The source refuses a cursor of an unknown version, and does not begin at the start instead.
     */
    @Test
    public void aCursorOfAnUnknownVersionIsRefused() {
      assertThatThrownBy(
              () -> {
                try (SourceSession<T> session =
                    open(new Cursor("\u00a7 of no version that ever was"))) {
                  session.next(1, 0);
                }
              })
          .as("opening at a cursor of an unknown version")
          .isInstanceOf(PermanentFailureException.class);
    }

    /** Returns all places between chunks of a size, from the start to the end. */
    private List<Place> places(int size) throws InterruptedException {
      List<Place> places = new ArrayList<>();
      places.add(new Place(Cursor.START, 0, 0));
      Arrived<T> arrived = new Arrived<>();
      try (SourceSession<T> session = open(Cursor.START)) {
        for (Chunk<T> chunk : chunks(session, size)) {
          arrived.add(chunk);
          places.add(new Place(chunk.next(), arrived.items.size(), arrived.rejected.size()));
        }
      }
      return places;
    }

    private void assertRestArrives(Place place, int size) throws InterruptedException {
      try (SourceSession<T> session = open(place.cursor())) {
        Arrived<T> rest = drain(session, size);
        List<String> keys = expectedKeys();
        assertThat(keys(rest.items))
            .as("items after the first %d, in a new session", place.items())
            .isEqualTo(keys.subList(Math.min(place.items(), keys.size()), keys.size()));
        List<String> rejected = expectedRejectedKeys();
        assertThat(rest.rejected)
            .as("rejected items after the first %d, in a new session", place.rejected())
            .isEqualTo(
                rejected.subList(Math.min(place.rejected(), rejected.size()), rejected.size()));
      }
    }
  }

  /** Sessions that a caller closes, interrupts, or opens beside each other. */
  @Nested
  public class Sessions {

    /**
     * The session may be closed early, twice or unused.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void closingIsHarmless() throws InterruptedException {
      open(Cursor.START).close();
      SourceSession<T> session = open(Cursor.START);
      session.next(1, 0);
      session.close();
      session.close();
      try (SourceSession<T> other = open(Cursor.START)) {
        assertComplete(drain(other, 100), "after other sessions were closed");
      }
    }

    /**
     * The session returns its chunk or throws InterruptedException if its thread is interrupted,
     * and loses no item.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void anInterruptedSessionStaysUsable() throws InterruptedException {
      try (SourceSession<T> session = open(Cursor.START)) {
        Arrived<T> arrived = new Arrived<>();
        boolean last = false;
        for (int n = 0; !last; n++) {
          assertThat(n).as("chunks until the end").isLessThan(mostChunks());
          if (n < 6 && n % 2 == 0) {
            Thread.currentThread().interrupt();
          }
          try {
            Chunk<T> chunk = session.next(7, 0);
            arrived.add(chunk);
            last = chunk.last();
          } catch (InterruptedException e) {
            // This is allowed; the next call returns the chunk of this one.
          } finally {
            Thread.interrupted();
          }
        }
        assertComplete(arrived, "although the thread was interrupted");
      }
    }

    /**
     * The source keeps two sessions independent if a caller uses them in turn.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void twoSessionsInTurnDoNotDisturbEachOther() throws InterruptedException {
      try (SourceSession<T> one = open(Cursor.START);
          SourceSession<T> two = open(Cursor.START)) {
        Arrived<T> first = new Arrived<>();
        Arrived<T> second = new Arrived<>();
        boolean firstLast = false;
        boolean secondLast = false;
        for (int n = 0; !(firstLast && secondLast); n++) {
          assertThat(n).as("chunks until the end").isLessThan(mostChunks());
          if (!firstLast) {
            Chunk<T> chunk = one.next(7, 0);
            first.add(chunk);
            firstLast = chunk.last();
          }
          if (!secondLast) {
            Chunk<T> chunk = two.next(30, 0);
            second.add(chunk);
            secondLast = chunk.last();
          }
        }
        assertComplete(first, "beside another session");
        assertComplete(second, "beside another session");
      }
    }

    /**
     * The source serves several threads, if each has its own session.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void sessionsInSeveralThreadsDoNotDisturbEachOther() throws InterruptedException {
      PullSource<T> shared = source();
      ExecutorService threads = Executors.newFixedThreadPool(3);
      try {
        List<Future<Arrived<T>>> results = new ArrayList<>();
        for (int size : new int[] {7, 25, 100}) {
          Callable<Arrived<T>> task =
              () -> {
                try (SourceSession<T> session = shared.open(target(), Cursor.START)) {
                  return drain(session, size);
                }
              };
          results.add(threads.submit(task));
        }
        for (Future<Arrived<T>> result : results) {
          assertComplete(result.get(), "beside other threads");
        }
      } catch (ExecutionException e) {
        throw new AssertionError("a session failed beside other threads: " + e.getCause(), e);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /**
   * Single items, which {@link PullSource#openByKeys} reads again; skipped if the source cannot.
   */
  @Nested
  public class Reread {

    /**
     * The source returns exactly the requested items, once each, and rejects those again that
     * cannot be stored.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void exactlyTheItemsThatAreAskedForAreReadAgain() throws InterruptedException {
      List<String> items = some(expectedKeys());
      List<String> rejected = some(expectedRejectedKeys());
      List<String> requested = new ArrayList<>(items);
      requested.addAll(rejected);
      for (int size : new int[] {1, 7, 100}) {
        List<String> fetched = new ArrayList<>();
        List<String> rejectedAgain = new ArrayList<>();
        for (Chunk<T> chunk : rereadAll(requested, size)) {
          chunk.items().forEach(item -> fetched.add(source().itemKey(item)));
          chunk.rejected().stream().map(RejectedItem::key).forEach(rejectedAgain::add);
        }
        assertThat(fetched)
            .as("items read again in chunks of %d", size)
            .containsExactlyInAnyOrderElementsOf(items);
        assertThat(rejectedAgain)
            .as("items rejected again in chunks of %d", size)
            .containsExactlyInAnyOrderElementsOf(rejected);
      }
    }

    /**
     * The source leaves the cursor as it is, reports the phase RETRY, and ends with the last item.
     *
     * @throws InterruptedException if the thread is interrupted from outside
     */
    @Test
    public void readingAgainMovesNoCursor() throws InterruptedException {
      List<Chunk<T>> chunks = rereadAll(some(expectedKeys()), 7);
      assertThat(chunks)
          .allSatisfy(
              chunk -> {
                assertThat(chunk.phase()).as("phase of a chunk").isEqualTo(Phase.RETRY);
                assertThat(chunk.next()).as("cursor of a chunk").isEqualTo(Cursor.START);
                assertThat(chunk.size()).as("size of a chunk of at most 7").isBetween(1, 7);
              });
    }

    private List<Chunk<T>> rereadAll(List<String> keys, int size) throws InterruptedException {
      assumeFalse(keys.isEmpty(), "there is nothing to read again");
      Optional<SourceSession<T>> session = source().openByKeys(target(), keys, Cursor.START);
      assumeTrue(session.isPresent(), "the source cannot read single items again");
      List<Chunk<T>> chunks = new ArrayList<>();
      try (SourceSession<T> pull = session.orElseThrow()) {
        do {
          assertThat(chunks.size()).as("chunks until the end").isLessThan(2 * keys.size() + 10);
          chunks.add(pull.next(size, 0));
        } while (!chunks.get(chunks.size() - 1).last());
      }
      return chunks;
    }

    /** Returns a few keys from all parts of the list. */
    private static List<String> some(List<String> keys) {
      List<String> some = new ArrayList<>();
      for (int i = 0; i < keys.size(); i += Math.max(1, keys.size() / 20)) {
        some.add(keys.get(i));
      }
      return some;
    }
  }

  private SourceSession<T> open(Cursor from) {
    return source().open(target(), stored(from));
  }

  /** Returns an equal cursor that is another object, as a store does. */
  private static Cursor stored(Cursor cursor) {
    return new Cursor(new String(cursor.value().toCharArray()));
  }

  private Arrived<T> drain(SourceSession<T> session, int size) throws InterruptedException {
    Arrived<T> arrived = new Arrived<>();
    chunks(session, size).forEach(arrived::add);
    return arrived;
  }

  private List<Chunk<T>> chunks(SourceSession<T> session, int size) throws InterruptedException {
    List<Chunk<T>> chunks = new ArrayList<>();
    do {
      assertThat(chunks.size()).as("chunks until the end").isLessThan(mostChunks());
      chunks.add(session.next(size, 0));
    } while (!chunks.get(chunks.size() - 1).last());
    return chunks;
  }

  private void assertComplete(Arrived<T> arrived, String how) {
    assertThat(keys(arrived.items)).as("keys %s", how).isEqualTo(expectedKeys());
    assertThat(arrived.rejected).as("rejected %s", how).isEqualTo(expectedRejectedKeys());
    List<T> items = expectedItems();
    if (!items.isEmpty()) {
      assertThat(arrived.items).as("items %s", how).isEqualTo(items);
    }
  }

  private List<String> keys(List<T> items) {
    List<String> keys = new ArrayList<>(items.size());
    PullSource<T> source = source();
    items.forEach(item -> keys.add(source.itemKey(item)));
    return keys;
  }

  // Some chunks may be empty, but a source that never ends fails the test.
  private int mostChunks() {
    return 2 * (expectedKeys().size() + expectedRejectedKeys().size()) + 200;
  }
}
