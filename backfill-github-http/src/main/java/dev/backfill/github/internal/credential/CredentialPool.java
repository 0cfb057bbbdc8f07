package dev.backfill.github.internal.credential;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.QuotaSum;
import dev.backfill.github.internal.throttle.RateGate;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.Request;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the credential of each request. If the max number of requests is under way, it waits for
 * one to end; it never waits for a limit. Thread-safe.
 */
public final class CredentialPool {

  private static final Logger LOG = LoggerFactory.getLogger(CredentialPool.class);

  /** GitHub may have been wrong, or a user has fixed the token: one try an hour costs nothing. */
  static final Duration REFUSED = Duration.ofHours(1);

  private final List<Credential> credentials;
  private final TimeSource time;
  private final LimitSharing sharing;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  public CredentialPool(List<Credential> credentials, TimeSource time, LimitSharing sharing) {
    this.sharing = sharing;
    this.credentials = List.copyOf(credentials);
    this.time = time;
  }

  List<Credential> credentials() {
    return credentials;
  }

  /** Returns the sharing of limits with other processes. */
  public LimitSharing sharing() {
    return sharing;
  }

  /** Returns all principals, each once, also those that GitHub has refused. */
  Set<Principal> allPrincipals() {
    Set<Principal> all = new LinkedHashSet<>();
    credentials.forEach(each -> all.add(each.principal()));
    return all;
  }

  /**
   * Returns the quota, or null if none is known. For one principal it is GitHub's; several add up.
   */
  public @Nullable Quota quota(ApiResource resource) {
    lock.lock();
    try {
      List<Principal> usable = principals();
      return usable.size() == 1
          ? usable.get(0).gate(resource).quota()
          : QuotaSum.of(usable.stream().map(each -> each.gate(resource)).toList(), time.now());
    } finally {
      lock.unlock();
    }
  }

  public boolean isOpen(ApiResource resource, Reserve reserve) {
    lock.lock();
    try {
      return !look(resource, 1, reserve.in(quota(resource)), new Refusals()).open().isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Grants a permit to send a request, with the credential that has most quota left.
   *
   * @throws RateLimitedException if no credential may be used now, with the first time at which one
   *     may
   */
  public RequestPermit acquire(Request request, Reserve selected, Refusals refusals)
      throws InterruptedException {
    ApiResource resource = request.resource();
    lock.lockInterruptibly();
    try {
      Credential again = refusals.pollRetry();
      while (true) {
        long reserve = selected.in(quota(resource));
        Look look = look(resource, request.points(), reserve, refusals);
        if (look.open().isEmpty()) {
          throw refusals.failure(look.closed());
        }
        List<Credential> open =
            again != null && look.open().contains(again) ? List.of(again) : look.open();
        Credential best =
            open.stream()
                .filter(each -> each.principal().isFree(resource))
                .min(preference(resource))
                .orElse(null);
        if (best != null) {
          Principal principal = best.principal();
          long own = principals().size() == 1 ? reserve : 0;
          return new RequestPermit(
              this, best, resource, principal.enter(resource, request.points(), own));
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Orders by most quota left, then by fewest requests under way. */
  private static Comparator<Credential> preference(ApiResource resource) {
    return Comparator.<Credential>comparingLong(
            each -> -each.principal().gate(resource).available())
        .thenComparingInt(each -> each.principal().concurrency().inUse())
        .thenComparingLong(each -> each.principal().sent());
  }

  /**
   * Applies a change to a credential or principal, and wakes the waiting threads to check again.
   */
  <T extends @Nullable Object> T change(Function<CredentialPool, T> what) {
    lock.lock();
    try {
      T result = what.apply(this);
      changed.signalAll();
      return result;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Prefers other credentials for queries for a while, since GitHub accepts this one by REST only.
   */
  public void quarantineForQueries(Credential credential) {
    change(
        pool -> {
          credential.refusedForQueries(time.now().plus(REFUSED));
          return null;
        });
  }

  /** Excludes a credential for a while, since GitHub does not accept it. */
  public void quarantine(Credential credential, RuntimeException failure) {
    boolean news =
        change(
            pool -> {
              Instant now = time.now();
              credential.quarantine(now.plus(REFUSED));
              if (credentials.stream().allMatch(each -> each.isQuarantined(now))) {
                // This run ends here; a later one may find that GitHub accepts them again.
                credentials.forEach(each -> each.quarantine(null));
              }
              return credential.isNewlyRefused();
            });
    if (news && credentials.size() > 1) {
      LOG.warn(
          "{} is not used any more, except for one try an hour. The other credentials are used. Cause: {}",
          credential.label(),
          failure.getMessage());
    }
  }

  /** Returns the principals with a credential that GitHub has not refused, each once. */
  private List<Principal> principals() {
    Instant now = time.now();
    List<Principal> usable = new ArrayList<>(credentials.size());
    for (Credential each : credentials) {
      if (!each.isQuarantined(now) && !usable.contains(each.principal())) {
        usable.add(each.principal());
      }
    }
    return usable;
  }

  /**
   * The credentials that may be used now.
   *
   * @param open the credentials, one for each principal
   * @param closed if there are none: the first limit to end, or null if there is no limit either
   */
  private record Look(List<Credential> open, @Nullable RateLimitedException closed) {}

  private Look look(ApiResource resource, int points, long reserve, Refusals refusals) {
    List<Principal> usable = principals();
    boolean alone = usable.size() == 1;
    Instant now = time.now();
    Map<Principal, Credential> candidates = new LinkedHashMap<>();
    boolean choosy =
        resource == ApiResource.GRAPHQL
            && credentials.stream()
                .anyMatch(each -> !each.isQuarantined(now) && !each.isRefusedForQueries(now));
    for (Credential each : credentials) {
      boolean refused = choosy && each.isRefusedForQueries(now);
      if (!each.isQuarantined(now) && !refusals.has(each) && !refused) {
        candidates.putIfAbsent(each.principal(), each);
      }
    }
    List<Credential> open = new ArrayList<>();
    RateLimitedException closed = null;
    for (Map.Entry<Principal, Credential> each : candidates.entrySet()) {
      RateLimitedException refusal = each.getKey().refusal(resource, points, alone ? reserve : 0);
      if (refusal == null) {
        open.add(each.getValue());
      } else if (closed == null || refusal.until().isBefore(closed.until())) {
        closed = refusal;
      }
    }
    if (alone || open.isEmpty()) {
      return new Look(open, closed);
    }
    return reserved(new Look(open, closed), usable, resource, reserve);
  }

  /** Applies the reserve, which holds for all principals together. */
  private Look reserved(Look look, List<Principal> usable, ApiResource resource, long reserve) {
    List<Credential> unknown =
        look.open().stream()
            .filter(each -> each.principal().gate(resource).quota() == null)
            .toList();
    if (!unknown.isEmpty()) {
      // Their first responses will show their quota; a server without limits never reports any.
      return new Look(unknown, look.closed());
    }
    List<RateGate> gates = usable.stream().map(each -> each.gate(resource)).toList();
    long remaining = QuotaSum.available(gates);
    if (remaining > reserve) {
      return look;
    }
    List<Credential> unverified =
        look.open().stream()
            .filter(each -> each.principal().gate(resource).isWindowUnknown())
            .toList();
    if (!unverified.isEmpty()) {
      return new Look(unverified, look.closed());
    }
    Quota sum = QuotaSum.of(gates, time.now());
    Instant now = time.now();
    Instant until = sum != null && sum.resetAt().isAfter(now) ? sum.resetAt() : now.plusSeconds(1);
    return new Look(
        List.of(),
        RateLimitedException.reserve(
            until,
            Math.max(0, remaining)
                + " of GitHub's requests are left for all "
                + usable.size()
                + " credentials and "
                + reserve
                + " of them are reserved for others. Stored items stay."));
  }
}
