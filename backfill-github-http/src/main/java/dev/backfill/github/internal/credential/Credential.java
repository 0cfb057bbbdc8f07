package dev.backfill.github.internal.credential;

import dev.backfill.github.internal.throttle.Principal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One way to say who asks. Changed under the pool's lock. */
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

  /** What people call it: its place among the others, never its text. */
  String label() {
    return label;
  }

  /** Where its token comes from, or null for asking without one. */
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

  /** Keeps it out until then; null lets it be used. */
  void quarantine(@Nullable Instant until) {
    quarantinedUntil = until;
  }

  /** REST has taken it, so that a refusal of a query is about queries. */
  public void acceptedByRest() {
    acceptedByRest = true;
  }

  public boolean isAcceptedByRest() {
    return acceptedByRest;
  }

  /** Whether queries have refused it lately. */
  boolean isRefusedForQueries(Instant now) {
    return noQueriesUntil != null && now.isBefore(noQueriesUntil);
  }

  void refusedForQueries(Instant until) {
    noQueriesUntil = until;
  }

  /** Whether its refusal is news for people; true once. */
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
