package dev.backfill.core.policy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A chunk size, the bound that binds, and the sizes that all bounds allow.
 *
 * @param basis the inputs
 * @param size items to request
 * @param binding the bound that allows the smallest size
 * @param candidates the sizes that the bounds allow; bounds without a limit are absent
 */
record Sizing(SizingInputs basis, int size, Bound binding, Map<Bound, Integer> candidates) {

  /** The bounds of a size, in the order of their precedence if several allow the same. */
  enum Bound {
    START,
    LARGEST,
    GROWTH,
    TIME,
    BYTES,
    FAILURE,
    QUOTA;

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final double GROWTH_FACTOR = 1.5;

  /** The relative change of times that counts as noise. */
  private static final double NOISE = 0.2;

  /**
   * The max factor by which an item may cost more than in the largest chunk for the sake of the
   * time.
   */
  private static final double PRICE = 1.03;

  /** A size that no chunk reaches. */
  private static final int MAX = 1_000_000;

  static Sizing of(SizingInputs basis) {
    Map<Bound, Integer> candidates = new EnumMap<>(Bound.class);
    SizingInputs.Limits limits = basis.limits();
    if (basis.last() == 0) {
      candidates.put(Bound.START, Math.max(limits.min(), Math.min(limits.max(), basis.start())));
    } else {
      candidates.put(Bound.LARGEST, limits.max());
      candidates.put(Bound.GROWTH, atMost(Math.ceil(basis.last() * GROWTH_FACTOR)));
    }
    ChunkCost cost = basis.cost();
    if (cost.isKnown()) {
      candidates.put(Bound.TIME, Math.max(limits.min(), byTime(basis)));
    }
    if (cost.itemBytes() > 0) {
      candidates.put(Bound.BYTES, atMost((double) limits.maxBytes() / cost.itemBytes()));
    }
    if (basis.failures().size() > 0) {
      candidates.put(Bound.FAILURE, basis.failures().size());
    }
    SizingInputs.SpendableQuota quota = basis.quota();
    if (quota.spendable() >= 0 && quota.itemMicrounits() > 0) {
      candidates.put(Bound.QUOTA, atMost(quota.spendable() * 1e6 / quota.itemMicrounits()));
    }
    Bound binding = Bound.START;
    int size = MAX + 1;
    for (Map.Entry<Bound, Integer> candidate : candidates.entrySet()) {
      if (candidate.getValue() < size) {
        size = candidate.getValue();
        binding = candidate.getKey();
      }
    }
    return new Sizing(basis, size, binding, candidates);
  }

  private static int atMost(double size) {
    return (int) Math.max(1, Math.min(MAX, size));
  }

  /**
   * Returns the size that takes about the max time of a chunk. It is not so small that an item gets
   * more expensive than in the largest chunk: smaller chunks cannot save the fixed part of the
   * time.
   */
  private static int byTime(SizingInputs basis) {
    double fixed = basis.cost().fixedMicros();
    double perItem = basis.cost().itemMicros();
    double maxMicros = basis.limits().maxMillis() * 1e3;
    double intended =
        perItem == 0 ? (fixed <= maxMicros ? MAX : 0) : Math.max(0, (maxMicros - fixed) / perItem);
    double economical = economical(basis);
    // A size that takes about the max time stays, or the noise of the times would move it.
    boolean fits =
        basis.last() >= Math.max(intended * (1 - NOISE), economical)
            && basis.last() <= Math.max(intended, economical) * (1 + NOISE);
    return fits ? basis.last() : atMost(Math.max(intended, economical));
  }

  private static double economical(SizingInputs basis) {
    double fixed = basis.cost().fixedMicros();
    double largest = basis.limits().max();
    double affordable = PRICE * fixed / largest + (PRICE - 1) * basis.cost().itemMicros();
    return fixed == 0 ? 0 : Math.min(largest, Math.ceil(fixed / affordable));
  }

  /** Returns the reason in a few words. */
  String reason() {
    return switch (binding) {
      case START -> "begins with the documented size";
      case LARGEST -> "the largest size";
      case GROWTH -> "grows from " + basis.last();
      case TIME -> "time: " + itemTime() + " an item, " + seconds(maxMicros()) + " a chunk";
      case BYTES ->
          "bytes: %s an item, %s a chunk"
              .formatted(bytes(basis.cost().itemBytes()), bytes(basis.limits().maxBytes()));
      case FAILURE -> String.format(Locale.ROOT, "failure: chunks of %d failed", failedSize());
      case QUOTA ->
          String.format(
              Locale.ROOT,
              "quota: %d units above the reserve pay for %d",
              basis.quota().spendable(),
              size);
    };
  }

  /** Returns the reason in one sentence that names every bound, the one that binds first. */
  String sentence() {
    List<String> clauses = new ArrayList<>();
    clauses.add(clause(binding));
    candidates.keySet().stream()
        .filter(bound -> bound != binding)
        .forEach(bound -> clauses.add(clause(bound)));
    return String.format(
        Locale.ROOT,
        "%d item%s: %s binds, %s",
        size,
        size == 1 ? "" : "s",
        words(binding),
        String.join(", ", clauses));
  }

  private static String words(Bound bound) {
    return switch (bound) {
      case START -> "the start";
      case LARGEST -> "the largest size";
      case BYTES -> "memory";
      case FAILURE -> "a failure";
      case QUOTA -> "the quota";
      case GROWTH, TIME -> bound.code();
    };
  }

  private String clause(Bound bound) {
    int allowed = candidates.getOrDefault(bound, 0);
    return switch (bound) {
      case START -> "nothing is known yet and the documented size is " + allowed;
      case LARGEST -> "a chunk may have " + allowed;
      case GROWTH ->
          String.format(Locale.ROOT, "after %d it may grow to %d", basis.last(), allowed);
      case TIME -> timeClause(allowed);
      case BYTES ->
          String.format(
              Locale.ROOT,
              "at %s an item %s allow %d",
              bytes(basis.cost().itemBytes()),
              bytes(basis.limits().maxBytes()),
              allowed);
      case FAILURE ->
          allowed > basis.failures().worked() && basis.failures().retrying() == 0
              ? String.format(
                  Locale.ROOT, "chunks of %d failed and %d are tried again", failedSize(), allowed)
              : String.format(
                  Locale.ROOT, "chunks of %d failed and %d may work", failedSize(), allowed);
      case QUOTA ->
          String.format(
              Locale.ROOT,
              "%d units above the reserve pay for %d",
              basis.quota().spendable(),
              allowed);
    };
  }

  private String timeClause(int allowed) {
    String given = "at %s an item %s".formatted(itemTime(), seconds(maxMicros()));
    if (allowed > basis.limits().max()) {
      return given + " allow more";
    }
    if (allowed == basis.limits().min()) {
      return given + " allow no more than the smallest size, " + allowed;
    }
    double took = basis.cost().fixedMicros() + basis.cost().itemMicros() * (double) allowed;
    return took <= maxMicros() * (1 + NOISE)
        ? given + " allow " + allowed
        : String.format(
            Locale.ROOT,
            "fewer than %d would not pay for the %s that a chunk takes however small it is",
            allowed,
            seconds(basis.cost().fixedMicros()));
  }

  private int failedSize() {
    FailureMemory failures = basis.failures();
    return failures.failed() > 0 ? failures.failed() : failures.retrying();
  }

  private long maxMicros() {
    return basis.limits().maxMillis() * 1_000;
  }

  /** Formats the time of an item, with a chunk's fixed part if that matters. */
  private String itemTime() {
    long fixed = basis.cost().fixedMicros();
    String item = seconds(basis.cost().itemMicros());
    return fixed >= 10_000 ? seconds(fixed) + " + " + item : item;
  }

  private static String seconds(long micros) {
    return micros < 95_000
        ? String.format(Locale.ROOT, micros < 9_500 ? "%.1f ms" : "%.0f ms", micros / 1e3)
        : String.format(Locale.ROOT, micros < 9_950_000 ? "%.1f s" : "%.0f s", micros / 1e6);
  }

  private static String bytes(long bytes) {
    return bytes < 10_240
        ? bytes + " bytes"
        : bytes < 10_485_760 && bytes % 1_048_576 != 0
            ? bytes / 1_024 + " KiB"
            : bytes / 1_048_576 + " MiB";
  }
}
