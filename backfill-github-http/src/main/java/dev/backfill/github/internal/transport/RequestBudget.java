package dev.backfill.github.internal.transport;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a stretch of requests may use and has used.
 *
 * @param reserve what no request may touch
 * @param spent counts every request that left
 */
public record RequestBudget(Reserve reserve, LongAdder spent) {

  /** Creates one with a reserve in units of whatever is asked. */
  public RequestBudget(long reserve, LongAdder spent) {
    this(new Reserve(reserve, 0), spent);
  }
}
