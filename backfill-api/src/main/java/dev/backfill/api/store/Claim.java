package dev.backfill.api.store;

/** The result of a claim. */
public sealed interface Claim {

  /**
   * Returns the backfill as it was stored at that moment.
   *
   * @return the backfill
   */
  Backfill backfill();

  /**
   * The lease was granted; its fence is newer than every earlier one.
   *
   * @param lease the lease
   * @param backfill the backfill, as the new holder finds it
   */
  record Granted(Lease lease, Backfill backfill) implements Claim {}

  /**
   * Another worker holds an unexpired lease; {@link Backfill#holder()} names the worker, and {@link
   * Backfill#leaseExpiresAt()} the lease's end.
   *
   * @param backfill the backfill
   */
  record Held(Backfill backfill) implements Claim {}

  /**
   * A user paused or cancelled it; {@link Backfill#status()} shows which.
   *
   * @param backfill the backfill
   */
  record Refused(Backfill backfill) implements Claim {}
}
