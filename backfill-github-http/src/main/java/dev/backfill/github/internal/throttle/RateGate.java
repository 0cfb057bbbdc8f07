package dev.backfill.github.internal.throttle;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.RateLimitedException.Kind;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests out. One for each principal and resource, shared by everything that asks on its
 * behalf: when one request is limited, no other leaves before the time is up. Never waits itself.
 */
public final class RateGate {

  static final Duration FIRST_WAIT = Duration.ofSeconds(60);
  static final Duration MAX_WAIT = Duration.ofMinutes(15);
  static final double JITTER = 0.1;

  /** A limit that ended longer ago has nothing to do with the next one. */
  static final Duration MEMORY = Duration.ofHours(1);

  /** Two tellings of one limit end so close together. */
  private static final Duration SAME_BLOCK = Duration.ofSeconds(1);

  /** GitHub's windows have been seen to end a second apart in two answers. */
  private static final long SAME_WINDOW_SECONDS = 1;

  private final TimeSource time;
  private final RandomGenerator random;

  private @Nullable QuotaHeaders known;
  private @Nullable Instant blockedUntil;
  private Kind blockedBy = Kind.SECONDARY;
  private Kind lastHit = Kind.SECONDARY;
  private String blockedNote = "";
  private int inFlight;
  private int hitsInARow;
  private long block;

  public RateGate(TimeSource time, RandomGenerator random) {
    this.time = time;
    this.random = random;
  }

  /**
   * A request that may leave. Ended once, by one of the two.
   *
   * @param block the number of the last block when it left: what left before a block tells nothing
   *     new about it
   */
  public record Permit(long block) {}

  /** What the API last said is left, or null when it said nothing. */
  public synchronized @Nullable Quota quota() {
    return known == null ? null : known.quota();
  }

  /** Whether a request may leave now. */
  public synchronized boolean isOpen(long reserve) {
    return refusal(reserve) == null;
  }

  /** What is left for requests that have not left yet; a great deal when nothing is known. */
  public synchronized long available() {
    return known == null ? Long.MAX_VALUE : known.quota().remainingAt(time.now()) - inFlight;
  }

  /** Whether a new window has begun and nobody has asked in it yet. */
  public synchronized boolean isWindowUnknown() {
    return known != null && !time.now().isBefore(known.quota().resetAt()) && inFlight == 0;
  }

  /** Whether a limit that this request meets is one that nobody has met yet. */
  public synchronized boolean isNew(Permit permit) {
    return permit.block() == block;
  }

  public synchronized Permit acquire(long reserve) {
    RateLimitedException refusal = refusal(reserve);
    if (refusal != null) {
      throw refusal;
    }
    inFlight++;
    return new Permit(block);
  }

  /** The request brought no answer. */
  public synchronized void abandon() {
    inFlight--;
  }

  /**
   * The request was answered, and not with a limit.
   *
   * @return whether refusals in a row have ended with it
   */
  public synchronized boolean answered(Permit permit, int status, @Nullable QuotaHeaders headers) {
    inFlight--;
    update(headers);
    if (status >= 500 || permit.block() != block || hitsInARow == 0) {
      return false;
    }
    hitsInARow = 0;
    return true;
  }

  /**
   * What others are to know of the limit that was met last.
   *
   * @param until when it ends
   * @param kind which limit it is
   * @param refusals how many there were in a row
   */
  record Block(Instant until, Kind kind, int refusals) {}

  /** The limit that was met last, or null for none. */
  synchronized @Nullable Block block() {
    return blockedUntil == null ? null : new Block(blockedUntil, blockedBy, hitsInARow);
  }

  /**
   * Takes over a limit that another process has met, unless it is known, as the one that this
   * process has met itself is.
   */
  synchronized void adopt(Block other) {
    Instant known = blockedUntil;
    // Of a limit that is over, the refusals count for the next one, if none was met since.
    boolean lasts = other.until().isAfter(time.now());
    if (known != null && !(lasts && other.until().isAfter(known.plus(SAME_BLOCK)))) {
      return;
    }
    block++;
    blockedUntil = other.until();
    blockedBy = other.kind();
    lastHit = other.kind();
    hitsInARow = Math.max(hitsInARow, other.refusals());
    blockedNote = "; another process has met this limit";
  }

  /**
   * The request was answered with a limit: closes the gate and returns how to tell it. Where
   * obeying the limit before did not help, the gate stays closed for longer than GitHub asks: twice
   * as long each time, up to {@link #MAX_WAIT}.
   */
  public synchronized RateLimitedException limited(
      Permit permit, RateLimitSignal signal, @Nullable QuotaHeaders headers, String detail) {
    inFlight--;
    update(headers);
    boolean news = permit.block() == block;
    if (news) {
      block++;
      count(signal.kind());
    }
    Instant until = until(signal.until(), news);
    if (blockedUntil == null || until.isAfter(blockedUntil)) {
      blockedUntil = until;
      blockedBy = signal.kind();
      blockedNote = "";
    }
    return limit(blockedBy, blockedUntil, repeated() + detail);
  }

  private void count(Kind kind) {
    boolean again =
        kind == lastHit && blockedUntil != null && time.now().isBefore(blockedUntil.plus(MEMORY));
    hitsInARow = again ? hitsInARow + 1 : 1;
    lastHit = kind;
  }

  /** Others that left together with the first one do not make the wait longer. */
  private Instant until(@Nullable Instant named, boolean news) {
    Instant now = time.now();
    if (named == null) {
      return news || blockedUntil == null ? now.plus(backoff()) : blockedUntil;
    }
    Duration wait = Duration.between(now, named);
    if (!news || wait.compareTo(MAX_WAIT) >= 0) {
      return named;
    }
    Duration longer = doubled(wait);
    return now.plus(longer.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : longer);
  }

  private String repeated() {
    return hitsInARow < 2
        ? ""
        : "; it is the "
            + hitsInARow
            + ". time in a row, so the wait is longer than the one before";
  }

  /** Why a request may not leave now, or null when it may. */
  public synchronized @Nullable RateLimitedException refusal(long reserve) {
    Instant now = time.now();
    if (blockedUntil != null && now.isBefore(blockedUntil)) {
      return limit(blockedBy, blockedUntil, blockedNote);
    }
    if (known == null) {
      return null;
    }
    Quota quota = known.quota();
    long available = quota.remainingAt(now) - inFlight;
    if (available > reserve) {
      return null;
    }
    if (!now.isBefore(quota.resetAt())) {
      // A new window has begun and nobody knows it yet: one request goes and finds out.
      return inFlight == 0
          ? null
          : limit(Kind.RESERVE, now.plusSeconds(1), "; a first request asks how much is left");
    }
    if (available <= 0 && quota.remaining() == 0) {
      return limit(Kind.PRIMARY, quota.resetAt(), "");
    }
    return new RateLimitedException(
        Kind.RESERVE,
        quota.resetAt(),
        quota.remaining()
            + " of GitHub's "
            + quota.limit()
            + " requests are left and "
            + reserve
            + " of them are reserved for others; what is stored is kept");
  }

  private RateLimitedException limit(Kind kind, Instant until, String detail) {
    String what =
        switch (kind) {
          case PRIMARY -> "GitHub's quota for this window is spent";
          case SECONDARY -> "GitHub asks to slow down (secondary rate limit)";
          case RESERVE -> "GitHub's quota down to the reserve is in use";
        };
    return new RateLimitedException(kind, until, what + "; what is stored is kept" + detail);
  }

  private Duration backoff() {
    Duration wait = doubled(FIRST_WAIT);
    wait = wait.plusMillis((long) (wait.toMillis() * JITTER * random.nextDouble()));
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }

  private Duration doubled(Duration wait) {
    return wait.multipliedBy(1L << Math.max(0, Math.min(hitsInARow - 1, 10)));
  }

  /** Takes what an answer said about this gate's quota. */
  public synchronized void update(@Nullable QuotaHeaders stated) {
    if (stated == null) {
      return;
    }
    QuotaHeaders before = known;
    if (before == null || !time.now().isBefore(before.quota().resetAt())) {
      known = stated;
      return;
    }
    long later = stated.resetEpoch() - before.resetEpoch();
    if (later > SAME_WINDOW_SECONDS) {
      known = stated;
    } else if (later >= -SAME_WINDOW_SECONDS) {
      known = merge(before, stated);
    }
    // Else a late answer of an earlier window.
  }

  /** Within one window quota only goes down; an answer that was overtaken does not give it back. */
  private static QuotaHeaders merge(QuotaHeaders before, QuotaHeaders stated) {
    Quota a = before.quota();
    Quota b = stated.quota();
    Instant resetAt = a.resetAt().isBefore(b.resetAt()) ? a.resetAt() : b.resetAt();
    long remaining = Math.min(b.limit(), Math.min(a.remaining(), b.remaining()));
    return new QuotaHeaders(
        Math.max(before.resetEpoch(), stated.resetEpoch()),
        new Quota(b.resource(), b.limit(), remaining, resetAt));
  }
}
