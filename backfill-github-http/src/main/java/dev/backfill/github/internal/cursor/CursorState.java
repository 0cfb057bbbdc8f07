package dev.backfill.github.internal.cursor;

import dev.backfill.api.source.Cursor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The content of a cursor.
 *
 * @param repositoryId the number of the repository
 * @param extras the extras that each item so far was read with
 * @param stage the progress of reading
 * @param gap a part of the list that could not be read, or null
 * @param capHits how many times this stage has met a page cap and was begun again by queries
 */
public record CursorState(
    long repositoryId, Set<String> extras, ReadStage stage, @Nullable ListGap gap, int capHits) {

  /** Creates a state without a gap that has met no page cap. */
  public CursorState(long repositoryId, Set<String> extras, ReadStage stage) {
    this(repositoryId, extras, stage, null, 0);
  }

  public Cursor encode() {
    return CursorCodec.write(this);
  }

  /**
   * Decodes a cursor that is not the start.
   *
   * @throws dev.backfill.api.failure.PermanentFailureException if it has another version or is no
   *     cursor of this client
   */
  public static CursorState decode(Cursor cursor) {
    return CursorCodec.read(cursor);
  }
}
