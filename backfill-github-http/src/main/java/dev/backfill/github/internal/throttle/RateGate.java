package dev.backfill.github.internal.throttle;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The gate that grants permits for requests. There is one for each principal and resource, shared
 * by everything that uses them. After one request is limited, no other is sent before the limit
 * ends. Never waits itself.
 */
public final class RateGate {

  static final Duration FIRST_WAIT = Duration.ofSeconds(60);
  static final Duration MAX_WAIT = Duration.ofMinutes(15);
  static final double JITTER = 0.1;

  /** A limit that ended longer ago has nothing to do with the next one. */
  static final Duration MEMORY = Duration.ofHours(1);

  /** The max difference between the ends of one limit in two responses. */
  private static final Duration SAME_BLOCK = Duration.ofSeconds(1);

  /** GitHub's windows have been seen to end a second apart in two responses. */
  private static final long SAME_WINDOW_SECONDS = 1;

  private final TimeSource time;
  private final RandomGenerator random;

  private @Nullable QuotaHeaders known;
  private @Nullable Instant blockedUntil;
  private LimitKind blockedBy = LimitKind.SECONDARY;
  private LimitKind lastHit = LimitKind.SECONDARY;
  private String blockedNote = "";
  private int inFlight;
  private int hitsInARow;
  private long block;

  public RateGate(TimeSource time, RandomGenerator random) {
    this.time = time;
    this.random = random;
  }

  /**
   * The right to send a request. It ends once: with a response, or abandoned.
   *
   * @param block the number of the last limit when it was granted: a request from before a limit
   *     shows nothing new about it
   */
  public record Permit(long block) {}

  /** Returns the last known quota, or null if GitHub has reported none. */
  public synchronized @Nullable Quota quota() {
    return known == null ? null : known.quota();
  }

  /** Returns true if a request may be sent now. */
  public synchronized boolean isOpen(long reserve) {
    return refusal(reserve) == null;
  }

  /**
   * Returns the quota left for requests that were not sent yet; the max value if nothing is known.
   */
  public synchronized long available() {
    return known == null ? Long.MAX_VALUE : known.quota().remainingAt(time.now()) - inFlight;
  }

  /** Returns true if a new window has begun and no request was sent in it yet. */
  public synchronized boolean isWindowUnknown() {
    return known != null && !time.now().isBefore(known.quota().resetAt()) && inFlight == 0;
  }

  /** Returns true if a limit in this request's response is new. */
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

  /** Records that a request got no response. */
  public synchronized void abandon() {
    inFlight--;
  }

  /**
   * Records a response that reports no limit.
   *
   * @return true if it ends a row of refusals
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
   * The last limit, for other processes.
   *
   * @param until its end
   * @param kind its kind
   * @param refusals the number of refusals in a row
   */
  record Block(Instant until, LimitKind kind, int refusals) {}

  /** Returns the last limit, or null for none. */
  synchronized @Nullable Block block() {
    return blockedUntil == null ? null : new Block(blockedUntil, blockedBy, hitsInARow);
  }

  /**
   * Adopts a limit that another process has met, unless it is known here, or was met by this
   * process itself.
   */
  synchronized void adopt(Block other) {
    Instant known = blockedUntil;
    // After a limit's end its refusals still count for the next one, if none was met since.
    boolean lasts = other.until().isAfter(time.now());
    if (known != null && !(lasts && other.until().isAfter(known.plus(SAME_BLOCK)))) {
      return;
    }
    block++;
    blockedUntil = other.until();
    blockedBy = other.kind();
    lastHit = other.kind();
    hitsInARow = Math.max(hitsInARow, other.refusals());
    blockedNote = " Another process has met this limit.";
  }

  /**
   * Records a response that reports a limit: closes the gate and returns the failure. If obeying
   * the limit before did not help, the gate stays closed for longer than GitHub asks: twice as long
   * each time, up to {@link #MAX_WAIT}.
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

  private void count(LimitKind kind) {
    boolean again =
        kind == lastHit && blockedUntil != null && time.now().isBefore(blockedUntil.plus(MEMORY));
    hitsInARow = again ? hitsInARow + 1 : 1;
    lastHit = kind;
  }

  /**
   * Returns the end of a limit. Requests sent together with the first refused one do not extend it.
   */
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
        : " It is refusal " + hitsInARow + " in a row, so the wait is longer than the one before.";
  }

  /** Returns the reason if a request may not be sent now, or null if it may. */
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
      // A new window has begun and its quota is unknown: one request is sent to find it out.
      return inFlight == 0
          ? null
          : RateLimitedException.reserve(
              now.plusSeconds(1),
              "GitHub's quota down to the reserve is in use. Stored items stay."
                  + " A first request finds out the new quota.");
    }
    if (available <= 0 && quota.remaining() == 0) {
      return limit(LimitKind.PRIMARY, quota.resetAt(), "");
    }
    return RateLimitedException.reserve(
        quota.resetAt(),
        quota.remaining()
            + " of GitHub's "
            + quota.limit()
            + " requests are left and "
            + reserve
            + " of them are reserved for others. Stored items stay.");
  }

  private RateLimitedException limit(LimitKind kind, Instant until, String detail) {
    String rest = ". Stored items stay." + detail;
    return switch (kind) {
      case PRIMARY ->
          RateLimitedException.primary(until, "GitHub's quota for this window is spent" + rest);
      case SECONDARY ->
          RateLimitedException.secondary(
              until, "GitHub asks to slow down (secondary rate limit)" + rest);
    };
  }

  private Duration backoff() {
    Duration wait = doubled(FIRST_WAIT);
    wait = wait.plusMillis((long) (wait.toMillis() * JITTER * random.nextDouble()));
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }

  private Duration doubled(Duration wait) {
    return wait.multipliedBy(1L << Math.max(0, Math.min(hitsInARow - 1, 10)));
  }

  /** Updates this gate's quota from a response. */
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
    // Else a late response of an earlier window.
  }

  /**
   * Merges two states of one window, in which quota only decreases: a response that was overtaken
   * does not raise it.
   */
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
