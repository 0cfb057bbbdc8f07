package dev.backfill.api.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A decision of a {@link RateLimitPolicy}: fetch a chunk of some size, or wait. */
public sealed interface Decision {

  /**
   * Returns the reason, in a few words for users.
   *
   * @return the reason, stored with the chunk or shown while waiting; never blank
   */
  String reason();

  /**
   * Fetch the next chunk.
   *
   * @param chunkSize items to ask for; at least 1
   * @param reserve units of quota that the source must leave untouched; 0 or more
   * @param reason the reason for this size, in a few words
   * @param basis the inputs from which the policy computed the size, and from which it can compute
   *     the size again; one line in its own format of at most {@value #MAX_BASIS} characters;
   *     stored with the chunk, and returned with its {@link ChunkSample}; null if the policy keeps
   *     none
   */
  record Proceed(int chunkSize, long reserve, String reason, @Nullable String basis)
      implements Decision {

    /** The max length of a basis in characters; every chunk stores one. */
    public static final int MAX_BASIS = 300;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Proceed {
      if (chunkSize < 1) {
        throw new IllegalArgumentException("chunkSize is " + chunkSize + "; it must be at least 1");
      }
      if (reserve < 0) {
        throw new IllegalArgumentException("reserve is " + reserve + "; it must be 0 or more");
      }
      if (basis != null && basis.length() > MAX_BASIS) {
        throw new IllegalArgumentException(
            "the basis has " + basis.length() + " characters; at most " + MAX_BASIS);
      }
    }

    /**
     * Creates a decision without a basis.
     *
     * @param chunkSize items to ask for; at least 1
     * @param reserve units of quota that the source must leave untouched; 0 or more
     * @param reason the reason for this size, in a few words
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Proceed(int chunkSize, long reserve, String reason) {
      this(chunkSize, reserve, reason, null);
    }
  }

  /**
   * Fetch nothing until a given time. A {@linkplain dev.backfill.api.store.Backfill#waiting()
   * stored} wait has this form, too.
   *
   * @param until the end of the wait, on the clock of the worker that waits. The policy decides
   *     again at that time; if it has passed, the engine asks again at once, so it should be later
   *     than {@link PolicyInput#now()}
   * @param reason the reason for the wait, in a few words
   */
  record Wait(Instant until, String reason) implements Decision {}
}
