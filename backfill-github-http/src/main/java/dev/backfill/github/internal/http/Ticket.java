package dev.backfill.github.internal.http;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.RateLimitedException.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that may leave, and on whose behalf. Ended once, by one of the three.
 *
 * @param pool where it came from
 * @param credential what it leaves with
 * @param principal whom it is counted for
 * @param resource what it is counted by
 * @param permit the gate's
 */
record Ticket(
    CredentialPool pool,
    Credential credential,
    Principal principal,
    ApiResource resource,
    RateGate.Permit permit) {

  private static final Logger LOG = LoggerFactory.getLogger(Ticket.class);

  private RateGate gate() {
    return principal.gate(resource);
  }

  /** The request brought no answer. */
  void abandon() {
    pool.change(
        within -> {
          principal.lanes().leave(resource);
          gate().abandon();
          return null;
        });
  }

  /** The request was answered, and not with a limit. */
  void answered(int status, @Nullable QuotaHeaders quota) {
    pool.change(
        within -> {
          principal.lanes().leave(resource);
          gate().answered(permit, status, quota);
          return null;
        });
  }

  /** The request was answered with a limit. */
  RuntimeException limited(LimitSignal signal, @Nullable QuotaHeaders quota, String detail) {
    return pool.change(
        within -> {
          principal.lanes().leave(resource);
          boolean news = gate().isNews(permit);
          RuntimeException failure = gate().limited(permit, signal, quota, detail);
          if (news && signal.kind() == Kind.SECONDARY) {
            slowDown(failure);
          }
          return failure;
        });
  }

  private void slowDown(RuntimeException failure) {
    int before = principal.lanes().allowed();
    principal.slowDown(failure instanceof RateLimitedException limit ? limit.until() : null);
    if (principal.lanes().allowed() < before) {
      LOG.info(
          "GitHub asks {} to slow down: {} at once may be under way instead of {}, and one more"
              + " after each minute without a limit",
          credential.label(),
          principal.lanes().allowed(),
          before);
    }
  }
}
