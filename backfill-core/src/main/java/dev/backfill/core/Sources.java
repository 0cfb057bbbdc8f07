package dev.backfill.core;

import dev.backfill.api.source.PullSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Factory of a host's own sources, made of a function that fetches a page. */
public final class Sources {

  private Sources() {}

  /**
   * Creates a source from a function that fetches a page of a list that only grows at its end. A
   * completed backfill that runs again fetches the last page again, and stores the items that are
   * new since; edits and deletions of older items are not noticed. The source reports no quota and
   * lists no keys, so it cannot be verified. The key of an item is its text.
   *
   * @param name the source's name, such as {@code archive:letters}; from 1 to 100 characters, and
   *     the same in every release, since progress is stored under it
   * @param fetcher the function that fetches a page
   * @param <T> the kind of item
   * @return a source that is as safe for threads as the fetcher
   */
  public static <T> PullSource<T> paged(String name, PageFetcher<T> fetcher) {
    return paged(name, String::valueOf, fetcher);
  }

  /**
   * Creates a source from a function that fetches a page, as {@link #paged(String, PageFetcher)}
   * does, with the host's own keys.
   *
   * @param name the source's name, such as {@code archive:letters}; from 1 to 100 characters, and
   *     the same in every release, since progress is stored under it
   * @param key returns an item's key: unique within a target, not blank. An item that cannot be
   *     stored goes to quarantine under it
   * @param fetcher the function that fetches a page
   * @param <T> the kind of item
   * @return a source that is as safe for threads as the fetcher
   */
  public static <T> PullSource<T> paged(
      String name, Function<? super T, String> key, PageFetcher<T> fetcher) {
    return new PagedSource<>(name, key, fetcher);
  }

  /**
   * A function that fetches a page of an API.
   *
   * <p><b>Contract.</b> <i>Called by</i> the engine's threads, by one at a time for one session.
   * <i>Blocking:</i> on the network, never to wait for quota: the function throws {@link
   * dev.backfill.api.failure.RateLimitedException} with the end of the wait, and the engine waits.
   * <i>Interrupt:</i> throws {@link InterruptedException} promptly. <i>Idempotency:</i> called
   * twice with the same cursor it returns the same items, changed ones in their newer state, and
   * those that were added since. <i>Throws:</i> the engine repeats an {@link java.io.IOException}
   * with its backoff, and handles a {@link dev.backfill.api.failure.BackfillException} by its
   * class; anything else ends the slice as failed. Stored items stay in any case.
   *
   * @param <T> the kind of item
   */
  @FunctionalInterface
  public interface PageFetcher<T> {

    /**
     * Fetches a page.
     *
     * @param target the target, such as {@code attic}, as the caller of the run passed it
     * @param cursor the {@link Page#next()} of the page before, or null for the first page
     * @param size the number of items that the engine can store at once; at least 1. A page may
     *     have more or fewer: the engine stores the rest of a longer one with the next chunks
     * @return the page
     * @throws Exception if the page cannot be fetched
     */
    Page<T> fetch(String target, @Nullable String cursor, int size) throws Exception;
  }

  /**
   * A page of an API.
   *
   * @param items the items, oldest first; may be empty, no element is null
   * @param next the cursor of the next page, of at most 4,000 characters; null on the last page
   * @param <T> the kind of item
   */
  public record Page<T>(List<T> items, @Nullable String next) {

    static final int MAX_CURSOR = 4_000;

    /**
     * Copies the items.
     *
     * @throws IllegalArgumentException if {@code next} is too long
     */
    public Page {
      items = List.copyOf(items);
      if (next != null && next.length() > MAX_CURSOR) {
        throw new IllegalArgumentException(
            "next has " + next.length() + " characters; a page's cursor has at most " + MAX_CURSOR);
      }
    }

    /**
     * Returns a page.
     *
     * @param items the items, oldest first; may be empty, no element is null
     * @param next the cursor of the next page; null on the last page
     * @param <T> the kind of item
     * @return the page
     */
    public static <T> Page<T> of(List<T> items, @Nullable String next) {
      return new Page<>(Objects.requireNonNull(items, "items"), next);
    }
  }
}
