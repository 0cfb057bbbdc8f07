package dev.backfill.api.source;

/**
 * An item that is known to exist and cannot be stored; it goes to quarantine with its error, and
 * the rest goes on.
 *
 * @param key the item's key, as {@link PullSource#itemKey} gives it for its kind; not blank
 * @param error one sentence: what is wrong with it; without secrets
 * @param payload what was received, cut to a sensible length, for a person and a retry; may be
 *     empty
 */
public record RejectedItem(String key, String error, String payload) {

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
}
