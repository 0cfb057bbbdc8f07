package dev.backfill.api.store;

/**
 * The identity of a backfill: one source of one target.
 *
 * @param source the {@linkplain dev.backfill.api.source.PullSource#name() source's name}; from 1 to
 *     100 characters
 * @param target the target in the source's notation, such as {@code apache/kafka}; from 1 to 255
 *     characters
 */
public record BackfillKey(String source, String target) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is blank or too long
   */
  public BackfillKey {
    requireLength("source", source, 100);
    requireLength("target", target, 255);
  }

  private static void requireLength(String name, String value, int max) {
    if (value.isBlank() || value.length() > max) {
      throw new IllegalArgumentException(
          name + " is \"" + value + "\"; it must have from 1 to " + max + " characters");
    }
  }

  @Override
  public String toString() {
    return source + " of " + target;
  }
}
