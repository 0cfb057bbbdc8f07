package dev.backfill.github.internal.transport;

import java.util.concurrent.atomic.LongAdder;

/**
 * The quota that a series of requests may use and has used.
 *
 * @param reserve the part that no request may use
 * @param spent counts every request that was sent
 */
public record RequestBudget(Reserve reserve, LongAdder spent) {

  /** Creates a budget with a reserve in units of the requested resource. */
  public RequestBudget(long reserve, LongAdder spent) {
    this(new Reserve(reserve, 0), spent);
  }
}
