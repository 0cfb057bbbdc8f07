package dev.backfill.github.internal.credential;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.github.internal.throttle.LimitKind;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.QuotaHeaders;
import dev.backfill.github.internal.throttle.RateGate;
import dev.backfill.github.internal.throttle.RateLimitSignal;
import dev.backfill.github.internal.transport.ApiResource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to send one request for a principal. It ends once: with a response, or when it is
 * closed without one. Used by one thread.
 */
public final class RequestPermit implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RequestPermit.class);

  private final CredentialPool pool;
  private final Credential credential;
  private final Principal principal;
  private final ApiResource resource;
  private final RateGate.Permit permit;
  private boolean ended;

  /**
   * Creates a permit.
   *
   * @param pool the pool that granted it
   * @param credential the credential to send with
   * @param resource the resource whose quota the request uses
   * @param permit the permit of the gate of the credential's principal
   */
  RequestPermit(
      CredentialPool pool, Credential credential, ApiResource resource, RateGate.Permit permit) {
    this.pool = pool;
    this.credential = credential;
    // Kept here, since the credential may turn out to belong to another principal.
    this.principal = credential.principal();
    this.resource = resource;
    this.permit = permit;
  }

  public Credential credential() {
    return credential;
  }

  public Principal principal() {
    return principal;
  }

  private RateGate gate() {
    return principal.gate(resource);
  }

  /** Ends the permit; without a response before, as a request that got none. */
  @Override
  public void close() {
    if (!ended) {
      pool.change(
          within -> {
            leave();
            gate().abandon();
            return null;
          });
    }
  }

  private void leave() {
    ended = true;
    principal.concurrency().leave(resource);
  }

  /** Records a response that reports no limit. */
  public void answered(int status, @Nullable QuotaHeaders quota) {
    boolean recovered =
        pool.change(
            within -> {
              leave();
              return gate().answered(permit, status, quota);
            });
    if (recovered) {
      pool.sharing().recovered(principal, resource);
    }
  }

  /** Records a response that reports a limit. */
  public RateLimitedException limited(
      RateLimitSignal signal, @Nullable QuotaHeaders quota, String detail) {
    Met met =
        pool.change(
            within -> {
              leave();
              boolean news = gate().isNew(permit);
              RateLimitedException failure = gate().limited(permit, signal, quota, detail);
              if (news && signal.kind() == LimitKind.SECONDARY) {
                slowDown(failure.until(), signal.aboutUse());
              }
              return new Met(failure, news, principal.shared(resource));
            });
    if (met.news()) {
      pool.sharing().publish(principal, resource, met.shared());
    }
    return met.failure();
  }

  /** A limit; whether it is new; and the form in which other processes see it. */
  private record Met(RateLimitedException failure, boolean news, SharedLimit shared) {}

  private void slowDown(Instant until, boolean aboutUse) {
    int before = principal.concurrency().allowed();
    principal.slowDown(resource, until, aboutUse);
    if (principal.concurrency().allowed() < before) {
      LOG.info(
          "GitHub asks {} to slow down: {} requests at once instead of {}, and one more"
              + " after each minute without a limit",
          credential.label(),
          principal.concurrency().allowed(),
          before);
    }
  }
}
