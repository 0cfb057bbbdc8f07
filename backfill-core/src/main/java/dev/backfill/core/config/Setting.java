package dev.backfill.core.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A value, and where it comes from.
 *
 * @param name the environment variable that sets it
 * @param value the value; null where the setting is optional and nothing sets it
 * @param origin where it comes from
 * @param <V> the type of value
 */
public record Setting<V extends @Nullable Object>(String name, V value, Origin origin) {

  /** Where a value comes from. */
  public enum Origin {
    /** Nobody set it. */
    DEFAULT,
    /** An environment variable. */
    ENVIRONMENT,
    /** The program. */
    CODE
  }

  @Override
  public String toString() {
    return "%s=%s (%s)"
        .formatted(name, value == null ? "" : value, origin.name().toLowerCase(Locale.ROOT));
  }
}
