package dev.backfill.testkit.fault;

/**
 * What goes wrong, and when.
 *
 * @param kind what happens
 * @param call the call at which it happens, counted from 1 since the plan was set
 */
public record FaultPlan(Kind kind, long call) {

  /** What happens at the call. */
  public enum Kind {
    /** It throws instead of being made; the connection stays usable. */
    THROW,
    /** The connection is closed underneath, so that the database rolls back; then it throws. */
    CUT,
    /** It is made and its answer is lost: it throws afterwards, and the connection is closed. */
    THROW_AFTER
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when {@code call} is not positive
   */
  public FaultPlan {
    if (call < 1) {
      throw new IllegalArgumentException("calls are counted from 1, not " + call);
    }
  }
}
