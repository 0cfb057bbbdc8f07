package dev.backfill.api.store;

import org.jspecify.annotations.Nullable;

/**
 * The result of a claim. The lease was granted, or another worker holds it, or a user paused or
 * cancelled the backfill.
 *
 * @param backfill the backfill as it was stored at that moment; after a grant, as the new holder
 *     finds it
 * @param lease the lease, whose fence is newer than every earlier one; null if it was not granted
 */
public record Claim(Backfill backfill, @Nullable Lease lease) {

  /**
   * Checks if the lease was granted.
   *
   * @return true if {@link #lease()} returns it
   */
  public boolean isGranted() {
    return lease != null;
  }

  /**
   * Checks if another worker holds an unexpired lease. {@link Backfill#holder()} names the worker,
   * and {@link Backfill#leaseExpiresAt()} the lease's end.
   *
   * @return false if the lease was granted, and if a user paused or cancelled the backfill; {@link
   *     Backfill#status()} then shows which
   */
  public boolean isHeld() {
    return lease == null && backfill.status().isClaimable();
  }

  /**
   * Returns the granted lease.
   *
   * @return the lease
   * @throws IllegalStateException if it was not granted
   */
  public Lease lease() {
    if (lease == null) {
      throw new IllegalStateException("the lease of " + backfill.key() + " was not granted");
    }
    return lease;
  }
}
