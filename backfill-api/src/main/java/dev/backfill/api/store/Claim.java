package dev.backfill.api.store;

/** What came of asking for a lease. */
public sealed interface Claim {

  /**
   * The backfill as it was stored at that moment.
   *
   * @return the backfill
   */
  Backfill backfill();

  /**
   * The lease is granted; the fence is newer than every earlier one.
   *
   * @param lease the lease
   * @param backfill the backfill, as the new holder finds it
   */
  record Granted(Lease lease, Backfill backfill) implements Claim {}

  /**
   * Another worker holds a lease that has not expired; {@link Backfill#holder()} says who and until
   * when.
   *
   * @param backfill the backfill
   */
  record Held(Backfill backfill) implements Claim {}

  /**
   * A person paused or cancelled it; {@link Backfill.State#status()} says which.
   *
   * @param backfill the backfill
   */
  record Refused(Backfill backfill) implements Claim {}
}
