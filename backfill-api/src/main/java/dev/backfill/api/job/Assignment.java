package dev.backfill.api.job;

import org.jspecify.annotations.Nullable;

/**
 * Where a job is.
 *
 * @param placement where it runs; null while that is not decided
 * @param dispatch what was asked of another destination, or null
 */
public record Assignment(@Nullable Placement placement, @Nullable Dispatch dispatch) {

  /** Nothing is decided. */
  public static final Assignment NOWHERE = new Assignment(null, null);
}
