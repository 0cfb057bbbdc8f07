package dev.backfill.api.job;

import org.jspecify.annotations.Nullable;

/**
 * The placement of a job, and its dispatch if it was sent elsewhere.
 *
 * @param placement where it runs; null while that is not decided
 * @param dispatch the request to another destination, or null
 */
public record Assignment(@Nullable Placement placement, @Nullable Dispatch dispatch) {

  /** No decision yet. */
  public static final Assignment NOWHERE = new Assignment(null, null);
}
