package dev.backfill.api.source;

/**
 * An item that exists and cannot be stored. It goes to quarantine with its error, and the other
 * items of its chunk are stored.
 *
 * @param key the item's key, as {@link PullSource#itemKey} returns it for its kind; not blank
 * @param error the error in one sentence, without secrets
 * @param payload the received data, cut to a reasonable length, for a user and a retry; may be
 *     empty
 * @param partial true if the same chunk has an incomplete copy of the item: the copy is stored, and
 *     the item counts once
 */
public record RejectedItem(String key, String error, String payload, boolean partial) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the key is blank
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
   * @param error the error in one sentence, without secrets
   * @param payload the received data, cut to a reasonable length; may be empty
   * @throws IllegalArgumentException if the key is blank
   */
  public RejectedItem(String key, String error, String payload) {
    this(key, error, payload, false);
  }
}
