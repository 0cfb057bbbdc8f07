package dev.backfill.testkit.fault;

/**
 * A fault and the call at which it happens.
 *
 * @param kind the kind of fault
 * @param call the call at which it happens, counted from 1 since the plan was set
 */
public record FaultPlan(Kind kind, long call) {

  /** The kinds of fault. */
  public enum Kind {
    /** The call throws and is not made; the connection stays usable. */
    THROW,
    /** The connection is closed first, so that the database rolls back; then the call throws. */
    CUT,
    /**
     * The call is made and its answer is lost: it throws afterwards, and the connection is closed.
     */
    THROW_AFTER
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if {@code call} is not positive
   */
  public FaultPlan {
    if (call < 1) {
      throw new IllegalArgumentException("calls are counted from 1, not " + call);
    }
  }
}
