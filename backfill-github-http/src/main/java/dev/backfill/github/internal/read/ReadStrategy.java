package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ApiResource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A way to read a stream. Immutable.
 *
 * @param <T> the kind of item
 */
public interface ReadStrategy<T> {

  /** Returns true if a position is in this strategy's notation. */
  boolean reads(Position position);

  /** Returns the resource whose quota most of its requests use. */
  ApiResource resource();

  /**
   * Reads everything, oldest first.
   *
   * @param from a position in this strategy's notation, or null for the beginning
   */
  HistoryReader<T> history(OpenRepository repository, @Nullable Position from);

  /**
   * Reads everything, or at least what was not updated after a moment: the catch-up reads the rest.
   *
   * @param from a position in this strategy's notation, or null for the beginning
   * @param mark GitHub's time before the history was begun
   */
  default HistoryReader<T> history(
      OpenRepository repository, @Nullable Position from, Instant mark) {
    return history(repository, from);
  }

  /**
   * Converts the stage of an earlier release or another strategy into one that this strategy reads.
   */
  default ReadStage adopt(ReadStage remaining) {
    return remaining;
  }

  /** Reads what changed since a time. */
  RecentReader<T> recent(OpenRepository repository, Since from);

  /**
   * Returns the cost of reading all of a stream once, and finding that nothing has changed
   * meanwhile.
   *
   * @param items the number of items
   */
  ReadCost cost(long items);

  /**
   * The start of reading changes.
   *
   * @param time GitHub's time
   * @param listVersion a version of the list in which nothing was new, or null
   * @param run a pass that has begun, or null for a new one
   */
  record Since(Instant time, @Nullable ListVersion listVersion, ReadStage.@Nullable Run run) {}
}
