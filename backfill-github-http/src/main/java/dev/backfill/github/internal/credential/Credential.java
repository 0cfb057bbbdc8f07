package dev.backfill.github.internal.credential;

import dev.backfill.github.internal.throttle.Principal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A token or App that authenticates requests. Changed under the pool's lock. */
public final class Credential {

  private final String label;
  private final @Nullable TokenSource source;
  private volatile Principal principal;
  private @Nullable Instant quarantinedUntil;
  private boolean warned;
  private volatile boolean acceptedByRest;
  private volatile @Nullable Instant noQueriesUntil;

  public Credential(String label, @Nullable TokenSource source, Principal principal) {
    this.label = label;
    this.source = source;
    this.principal = principal;
  }

  /** Returns its name for users: its place among the others, never its text. */
  String label() {
    return label;
  }

  /** Returns the source of its token, or null for requests without a token. */
  public @Nullable TokenSource source() {
    return source;
  }

  Principal principal() {
    return principal;
  }

  void belongsTo(Principal other) {
    principal = other;
  }

  boolean isQuarantined(Instant now) {
    return quarantinedUntil != null && now.isBefore(quarantinedUntil);
  }

  /** Excludes the credential until a time; null makes it usable again. */
  void quarantine(@Nullable Instant until) {
    quarantinedUntil = until;
  }

  /** Records that REST has accepted it, so that a refused query is a problem of queries. */
  public void acceptedByRest() {
    acceptedByRest = true;
  }

  public boolean isAcceptedByRest() {
    return acceptedByRest;
  }

  /** Returns true if GitHub has refused it for queries lately. */
  boolean isRefusedForQueries(Instant now) {
    return noQueriesUntil != null && now.isBefore(noQueriesUntil);
  }

  void refusedForQueries(Instant until) {
    noQueriesUntil = until;
  }

  /** Returns true on the first call only: users are warned of its refusal once. */
  boolean isNewlyRefused() {
    boolean news = !warned;
    warned = true;
    return news;
  }

  @Override
  public String toString() {
    return label;
  }
}
