package dev.backfill.core.policy;

import dev.backfill.api.policy.ChunkSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The inputs from which a chunk size is computed. All are whole numbers, so that their text loses
 * nothing and gives the same size again. Each basis holds the knowledge of the one before it, so
 * that nothing is lost between slices.
 *
 * @param limits the policy's limits
 * @param start the documented size
 * @param last the last size that a bound other than the quota decided on; 0 before the first
 * @param cost the recent cost of chunks
 * @param quota the quota that can be spent
 * @param failures the sizes that failed and worked
 */
record SizingInputs(
    Limits limits,
    int start,
    int last,
    ChunkCost cost,
    SpendableQuota quota,
    FailureMemory failures) {

  private static final String VERSION = "v1";
  private static final String RESULT = "->";

  /**
   * The limits of a policy.
   *
   * @param min the smallest size that time decides on
   * @param max the largest size
   * @param maxMillis the max time of a chunk
   * @param maxBytes the max bytes of a chunk
   */
  record Limits(int min, int max, long maxMillis, long maxBytes) {}

  /**
   * The quota that can be spent.
   *
   * @param spendable units above the reserve; -1 if there is no limit, or none is known
   * @param itemMicrounits millionths of a unit that an item costs; 0 if unknown
   */
  record SpendableQuota(long spendable, long itemMicrounits) {

    static final SpendableQuota UNLIMITED = new SpendableQuota(-1, 0);

    /** More makes no difference to a chunk, and would make the text long. */
    private static final long MAX = 1_000_000_000_000L;

    SpendableQuota {
      spendable = Math.min(MAX, spendable);
      itemMicrounits = Math.min(MAX, itemMicrounits);
    }
  }

  /** Computes the inputs from the latest chunks. */
  static SizingInputs of(Limits limits, int start, SpendableQuota quota, List<ChunkSample> recent) {
    int known = recent.size() - 1;
    SizingInputs before = null;
    while (known >= 0 && before == null) {
      before = read(recent.get(known).basis()).orElse(null);
      known--;
    }
    FailureMemory failures = before == null ? FailureMemory.NONE : before.failures;
    for (int i = known + 1; i < recent.size(); i++) {
      failures = failures.after(recent, i);
    }
    return new SizingInputs(
        limits,
        start,
        last(recent, before, known + 1),
        ChunkCost.of(
            recent, before == null ? ChunkCost.UNKNOWN : before.cost, limits.maxMillis * 1_000),
        quota,
        failures);
  }

  /** Returns the last size. A chunk that the quota made small does not count. */
  private static int last(List<ChunkSample> recent, @Nullable SizingInputs before, int known) {
    if (recent.isEmpty()) {
      return 0;
    }
    int requested = recent.get(recent.size() - 1).requested();
    if (before == null || known < recent.size() - 1) {
      return requested;
    }
    Sizing sizing = Sizing.of(before);
    return sizing.binding() == Sizing.Bound.QUOTA
        ? Math.max(requested, before.last == 0 ? before.start : before.last)
        : requested;
  }

  /** Writes one line: all inputs, then the result. */
  String text(Sizing sizing) {
    StringBuilder text = new StringBuilder(200).append(VERSION);
    add(text, "limits", limits.min, limits.max, limits.maxMillis, limits.maxBytes);
    add(text, "start", start);
    add(text, "last", last);
    add(text, "cost", cost.fixedMicros(), cost.itemMicros(), cost.itemBytes());
    if (!quota.equals(SpendableQuota.UNLIMITED)) {
      add(text, "quota", quota.spendable, quota.itemMicrounits);
    }
    if (!failures.equals(FailureMemory.NONE)) {
      add(
          text,
          "failed",
          failures.failed(),
          failures.worked(),
          failures.successes(),
          failures.required(),
          failures.retrying(),
          failures.inRow());
    }
    text.append(' ').append(RESULT).append(' ').append(sizing.size());
    sizing.candidates().forEach((bound, size) -> add(text, bound.code(), size));
    return text.append(" by=").append(sizing.binding().code()).toString();
  }

  private static void add(StringBuilder text, String name, long... values) {
    text.append(' ').append(name);
    char separator = '=';
    for (long value : values) {
      text.append(separator).append(value);
      separator = ',';
    }
  }

  /** Reads a text; empty if it is none, another policy's, or another version's. */
  static Optional<SizingInputs> read(@Nullable String text) {
    if (text == null || !text.startsWith(VERSION + " ")) {
      return Optional.empty();
    }
    int end = text.indexOf(RESULT);
    Map<String, long[]> values = new HashMap<>();
    try {
      for (String word :
          text.substring(VERSION.length() + 1, end < 0 ? text.length() : end).split(" ")) {
        int equals = word.indexOf('=');
        values.put(word.substring(0, equals), numbers(word.substring(equals + 1)));
      }
      return Optional.of(read(values));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static long[] numbers(String text) {
    String[] parts = text.split(",");
    long[] numbers = new long[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Long.parseLong(parts[i]);
    }
    return numbers;
  }

  private static SizingInputs read(Map<String, long[]> values) {
    long[] limits = values(values, "limits");
    long[] cost = values(values, "cost");
    long[] quota = values.get("quota");
    long[] failed = values.get("failed");
    return new SizingInputs(
        new Limits((int) limits[0], (int) limits[1], limits[2], limits[3]),
        (int) values(values, "start")[0],
        (int) values(values, "last")[0],
        new ChunkCost(cost[0], cost[1], cost[2]),
        quota == null ? SpendableQuota.UNLIMITED : new SpendableQuota(quota[0], quota[1]),
        failed == null
            ? FailureMemory.NONE
            : new FailureMemory(
                (int) failed[0],
                (int) failed[1],
                (int) failed[2],
                (int) failed[3],
                (int) failed[4],
                (int) failed[5]));
  }

  private static long[] values(Map<String, long[]> values, String name) {
    long[] found = values.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return found;
  }
}
