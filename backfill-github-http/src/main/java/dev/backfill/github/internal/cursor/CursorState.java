package dev.backfill.github.internal.cursor;

import dev.backfill.api.source.Cursor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a cursor says.
 *
 * @param repositoryId the repository whose history it is in
 * @param extras what each item so far was read with
 * @param stage how far the reading has come
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
   * Reads a cursor that is not the start.
   *
   * @throws dev.backfill.api.failure.PermanentFailureException when it is of another version, or no
   *     cursor of ours
   */
  public static CursorState decode(Cursor cursor) {
    return CursorCodec.read(cursor);
  }
}
