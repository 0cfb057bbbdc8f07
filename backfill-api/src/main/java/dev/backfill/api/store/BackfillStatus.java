package dev.backfill.api.store;

/** The status of a backfill. The stored text is the name in lower case. */
public enum BackfillStatus {
  /** There is work to do, and no worker holds the lease. */
  PENDING,
  /** A worker holds the lease, or died with it. */
  RUNNING,
  /** It continues by itself at a stored time: it waits for quota, or to repeat a failed attempt. */
  WAITING,
  /** A user asked to pause; the worker has yet to notice. */
  PAUSING,
  /** A user paused it; only a user resumes it. */
  PAUSED,
  /** A user asked to cancel; the worker has yet to notice. */
  CANCELLING,
  /** A user cancelled it; stored items stay. */
  CANCELLED,
  /** The whole history is stored. */
  COMPLETED,
  /** The whole history was read; some items are missing, or in quarantine, and recorded by key. */
  COMPLETED_WITH_GAPS,
  /**
   * It stopped, and a user or operator has to act. Stored items stay, and it continues behind them.
   */
  FAILED;

  /**
   * Checks if a worker may claim it.
   *
   * @return false while a user's pause or cancel is in force
   */
  public boolean isClaimable() {
    return switch (this) {
      case PENDING, RUNNING, WAITING, COMPLETED, COMPLETED_WITH_GAPS, FAILED -> true;
      case PAUSING, PAUSED, CANCELLING, CANCELLED -> false;
    };
  }

  /**
   * Checks if the whole history has been read.
   *
   * @return true for both kinds of completion
   */
  public boolean isCompleted() {
    return this == COMPLETED || this == COMPLETED_WITH_GAPS;
  }

  /**
   * Returns the status after a user's request. This method, {@link #afterClaim}, {@link
   * #afterRelease} and {@link #resolvePending} are the only definition of transitions.
   *
   * @param control the user's request
   * @param leased true if a worker holds an unexpired lease
   * @return the status afterwards; this one if the request changes nothing
   */
  public BackfillStatus after(Control control, boolean leased) {
    return switch (control) {
      case PAUSE ->
          switch (this) {
            case PENDING, RUNNING, WAITING, PAUSING, FAILED -> leased ? PAUSING : PAUSED;
            case PAUSED, CANCELLING, CANCELLED, COMPLETED, COMPLETED_WITH_GAPS -> this;
          };
      case CANCEL ->
          switch (this) {
            case PENDING, RUNNING, WAITING, PAUSING, PAUSED, CANCELLING, FAILED ->
                leased ? CANCELLING : CANCELLED;
            case CANCELLED, COMPLETED, COMPLETED_WITH_GAPS -> this;
          };
      case RESUME ->
          switch (this) {
            case PAUSING, CANCELLING -> leased ? RUNNING : PENDING;
            case PAUSED, CANCELLED, FAILED, WAITING -> PENDING;
            case PENDING, RUNNING, COMPLETED, COMPLETED_WITH_GAPS -> this;
          };
    };
  }

  /**
   * Returns the status after a granted claim.
   *
   * @return {@link #RUNNING}
   * @throws IllegalStateException if it is not {@linkplain #isClaimable() claimable}
   */
  public BackfillStatus afterClaim() {
    if (!isClaimable()) {
      throw new IllegalStateException("a backfill that is " + this + " cannot be claimed");
    }
    return RUNNING;
  }

  /**
   * Returns the status after the release of a lease. A user's request that arrived meanwhile is
   * applied, unless the history is complete.
   *
   * @param selected the status in which the worker wants to leave the backfill
   * @return the status afterwards
   */
  public BackfillStatus afterRelease(BackfillStatus selected) {
    return selected.isCompleted()
        ? selected
        : this == resolvePending() ? selected : resolvePending();
  }

  /**
   * Returns the status once no worker is left to apply a user's request.
   *
   * @return {@link #PAUSED} or {@link #CANCELLED} for a request that is in force, else this status
   */
  public BackfillStatus resolvePending() {
    return switch (this) {
      case PAUSING -> PAUSED;
      case CANCELLING -> CANCELLED;
      default -> this;
    };
  }
}
