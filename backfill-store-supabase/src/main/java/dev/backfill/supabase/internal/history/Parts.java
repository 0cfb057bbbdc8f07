package dev.backfill.supabase.internal.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Elements in parts of a max size, in their order.
 *
 * @param <E> the type of an element
 */
public final class Parts<E> {

  private final long maxBytes;
  private final List<List<E>> parts = new ArrayList<>();
  private long bytes;

  /**
   * Creates it.
   *
   * @param maxBytes the max size of a part, which a single element may exceed
   */
  public Parts(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds an element of a size. */
  public void add(E element, long size) {
    if (parts.isEmpty() || bytes + size > maxBytes) {
      parts.add(new ArrayList<>());
      bytes = 0;
    }
    parts.get(parts.size() - 1).add(element);
    bytes += size + 1;
  }

  /** Returns the parts. */
  public List<List<E>> list() {
    return parts;
  }
}
