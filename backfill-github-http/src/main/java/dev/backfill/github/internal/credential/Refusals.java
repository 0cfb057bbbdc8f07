package dev.backfill.github.internal.credential;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.throttle.Principal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The credentials that one request has tried in vain, with reasons. Used by one thread. */
public final class Refusals {

  private final List<RuntimeException> failures = new ArrayList<>();
  private final Set<Credential> refused = new HashSet<>();
  private final Set<Principal> limited = new HashSet<>();
  private final Set<Credential> repeated = new HashSet<>();
  private @Nullable Credential again;

  public void add(Credential credential, RuntimeException failure) {
    refused.add(credential);
    failures.add(failure);
  }

  public void limited(Principal principal, RuntimeException failure) {
    limited.add(principal);
    failures.add(failure);
  }

  boolean has(Credential credential) {
    return refused.contains(credential) || limited.contains(credential.principal());
  }

  /** Repeats the request with the same credential; returns false if it was repeated before. */
  public boolean repeat(Credential credential) {
    if (!repeated.add(credential)) {
      return false;
    }
    again = credential;
    return true;
  }

  /** Returns the credential to try next if it is usable, or null for any. */
  @Nullable Credential pollRetry() {
    Credential selected = again;
    again = null;
    return selected;
  }

  /**
   * Returns the failure to throw if no credential is left: the one that ends the wait soonest.
   *
   * @param closed the first limit to end among the credentials that were not tried, or null
   */
  RuntimeException failure(@Nullable RateLimitedException closed) {
    RateLimitedException first = closed;
    RuntimeException last = null;
    for (RuntimeException failure : failures) {
      if (failure instanceof TransientFailureException) {
        return failure;
      }
      if (failure instanceof RateLimitedException limit
          && (first == null || !limit.until().isAfter(first.until()))) {
        first = limit;
      }
      last = failure;
    }
    if (first != null) {
      return first;
    }
    return last != null
        ? last
        : new IllegalStateException("There is no credential to send a request with.");
  }
}
