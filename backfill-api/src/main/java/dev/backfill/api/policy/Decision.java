package dev.backfill.api.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a {@link RateLimitPolicy} wants: go on with a chunk of some size, or wait. */
public sealed interface Decision {

  /**
   * Why, in a few words for people.
   *
   * @return the reason, stored with the chunk or shown while waiting; never blank
   */
  String reason();

  /**
   * Go on with the next chunk.
   *
   * @param chunkSize items to ask for; at least 1
   * @param reserve units of quota that the source must leave untouched; 0 or more
   * @param reason why this size, in a few words
   * @param basis what the size was worked out from, one line in the policy's own format of at most
   *     {@value #MAX_BASIS} characters, from which it can work the size out again; stored with the
   *     chunk, and given back with its {@link ChunkSample}; null when it keeps none
   */
  record Proceed(int chunkSize, long reserve, String reason, @Nullable String basis)
      implements Decision {

    /** The most characters of a basis: one is stored with every chunk. */
    public static final int MAX_BASIS = 300;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when a value is out of its range
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
     * A decision that keeps no basis.
     *
     * @param chunkSize items to ask for; at least 1
     * @param reserve units of quota that the source must leave untouched; 0 or more
     * @param reason why this size, in a few words
     * @throws IllegalArgumentException when a value is out of its range
     */
    public Proceed(int chunkSize, long reserve, String reason) {
      this(chunkSize, reserve, reason, null);
    }
  }

  /**
   * Ask for nothing until then.
   *
   * @param until when to decide again, on the local clock; with a time that has passed the policy
   *     is asked again at once, so this should be later than {@link PolicyInput#now()}
   * @param reason what it waits for, in a few words
   */
  record Wait(Instant until, String reason) implements Decision {}
}
