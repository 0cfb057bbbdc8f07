package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The part of the {@link PullSourceContract} that is about {@link PullSource#openByKeys}; skipped
 * for a source that cannot read single items again.
 *
 * @param <T> the kind of item
 */
public abstract class RereadContract<T> {

  /** For subclasses. */
  protected RereadContract() {}

  /**
   * The source to test.
   *
   * @return a source; may be the same one every time
   */
  protected abstract PullSource<T> source();

  /**
   * What to read.
   *
   * @return a target in the source's notation
   */
  protected abstract String target();

  /**
   * The keys of the items that can be stored.
   *
   * @return all of them, in the source's order
   */
  protected abstract List<String> expectedKeys();

  /**
   * The keys of the items that cannot be stored. None, unless overridden.
   *
   * @return all of them, in the source's order
   */
  protected List<String> expectedRejectedKeys() {
    return List.of();
  }

  /**
   * Exactly the items that are asked for are brought, each once, and those that cannot be stored
   * are rejected again under their keys.
   *
   * @throws InterruptedException when the thread is interrupted from outside
   */
  @Test
  public void exactlyTheItemsThatAreAskedForAreReadAgain() throws InterruptedException {
    List<String> items = some(expectedKeys());
    List<String> rejected = some(expectedRejectedKeys());
    List<String> requested = new ArrayList<>(items);
    requested.addAll(rejected);
    for (int size : new int[] {1, 7, 100}) {
      List<String> brought = new ArrayList<>();
      List<String> rejectedAgain = new ArrayList<>();
      for (Chunk<T> chunk : rereadAll(requested, size)) {
        chunk.items().forEach(item -> brought.add(source().itemKey(item)));
        chunk.rejected().stream().map(RejectedItem::key).forEach(rejectedAgain::add);
      }
      assertThat(brought)
          .as("items read again in chunks of %d", size)
          .containsExactlyInAnyOrderElementsOf(items);
      assertThat(rejectedAgain)
          .as("items rejected again in chunks of %d", size)
          .containsExactlyInAnyOrderElementsOf(rejected);
    }
  }

  /**
   * Reading again moves no cursor, says so by its phase, and ends with the last item.
   *
   * @throws InterruptedException when the thread is interrupted from outside
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

  /** A few from all over the list. */
  private static List<String> some(List<String> keys) {
    List<String> some = new ArrayList<>();
    for (int i = 0; i < keys.size(); i += Math.max(1, keys.size() / 20)) {
      some.add(keys.get(i));
    }
    return some;
  }
}
