package dev.backfill.api.store;

/** Where a backfill stands. The stored text is the name in lower case. */
public enum BackfillStatus {
  /** There is work to do and nobody works on it. */
  PENDING,
  /** A worker holds the lease, or died with it. */
  RUNNING,
  /** It goes on by itself at a stated time: quota, or a failure that is tried again. */
  WAITING,
  /** A person asked to pause; the worker has yet to notice. */
  PAUSING,
  /** A person paused it; only a person resumes it. */
  PAUSED,
  /** A person asked to cancel; the worker has yet to notice. */
  CANCELLING,
  /** A person cancelled it; what was stored stays. */
  CANCELLED,
  /** The whole history is stored. */
  COMPLETED,
  /** The whole history was read; some items are in quarantine or missing, and are named. */
  COMPLETED_WITH_GAPS,
  /** It stopped; a person has to look. What was stored stays, and it goes on from there. */
  FAILED;

  /**
   * Whether a worker may claim it.
   *
   * @return false while a person's pause or cancel stands
   */
  public boolean isClaimable() {
    return switch (this) {
      case PENDING, RUNNING, WAITING, COMPLETED, COMPLETED_WITH_GAPS, FAILED -> true;
      case PAUSING, PAUSED, CANCELLING, CANCELLED -> false;
    };
  }

  /**
   * Whether the whole history has been read.
   *
   * @return true for both kinds of completion
   */
  public boolean isCompleted() {
    return this == COMPLETED || this == COMPLETED_WITH_GAPS;
  }

  /**
   * The status that a person's request leads to. This, {@link #afterClaim}, {@link #afterRelease}
   * and {@link #resolvePending} are the one place where transitions are written down.
   *
   * @param control what the person asks for
   * @param leased whether a worker holds a lease that has not expired
   * @return the status afterwards; this one when the request changes nothing
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
   * The status that a granted claim leads to.
   *
   * @return {@link #RUNNING}
   * @throws IllegalStateException when it is not {@linkplain #isClaimable() claimable}
   */
  public BackfillStatus afterClaim() {
    if (!isClaimable()) {
      throw new IllegalStateException("a backfill that is " + this + " cannot be claimed");
    }
    return RUNNING;
  }

  /**
   * The status that the release of a lease leads to: a person's request that came meanwhile is
   * carried out, unless the history is complete.
   *
   * @param selected the status that the worker wants to leave it in
   * @return the status afterwards
   */
  public BackfillStatus afterRelease(BackfillStatus selected) {
    return selected.isCompleted()
        ? selected
        : this == resolvePending() ? selected : resolvePending();
  }

  /**
   * The status once nobody is left who would carry a person's request out.
   *
   * @return {@link #PAUSED} or {@link #CANCELLED} for a request that stands, else this status
   */
  public BackfillStatus resolvePending() {
    return switch (this) {
      case PAUSING -> PAUSED;
      case CANCELLING -> CANCELLED;
      default -> this;
    };
  }
}
