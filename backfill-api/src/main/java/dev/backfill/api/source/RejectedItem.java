package dev.backfill.api.source;

/**
 * An item that is known to exist and cannot be stored; it goes to quarantine with its error, and
 * the rest goes on.
 *
 * @param key the item's key, as {@link PullSource#itemKey} gives it for its kind; not blank
 * @param error one sentence: what is wrong with it; without secrets
 * @param payload what was received, cut to a sensible length, for a person and a retry; may be
 *     empty
 * @param partial whether the same chunk has a copy of the item that lacks something: it is stored,
 *     and the item counts once
 */
public record RejectedItem(String key, String error, String payload, boolean partial) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when the key is blank
   */
  public RejectedItem {
    if (key.isBlank()) {
      throw new IllegalArgumentException("the key of a rejected item is blank");
    }
  }

  /**
   * Creates an item of which the chunk has no copy.
   *
   * @param key the item's key; not blank
   * @param error one sentence: what is wrong with it; without secrets
   * @param payload what was received, cut to a sensible length; may be empty
   * @throws IllegalArgumentException when the key is blank
   */
  public RejectedItem(String key, String error, String payload) {
    this(key, error, payload, false);
  }
}
