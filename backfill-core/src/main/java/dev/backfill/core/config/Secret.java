package dev.backfill.core.config;

import java.util.Objects;

/** A text that appears in no log and no message. */
public final class Secret {

  private final String value;

  /**
   * Wraps a text.
   *
   * @param value the text
   */
  public Secret(String value) {
    this.value = Objects.requireNonNull(value, "value");
  }

  /**
   * Returns the text itself, for the one place that needs it.
   *
   * @return the text
   */
  public String reveal() {
    return value;
  }

  /** Returns a placeholder, never the text. */
  @Override
  public String toString() {
    return "***";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }
}
