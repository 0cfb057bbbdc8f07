package dev.backfill.core.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A value and its origin.
 *
 * @param name the environment variable that sets it
 * @param value the value; null if the setting is optional and nothing sets it
 * @param origin the origin
 * @param <V> the type of value
 */
public record Setting<V extends @Nullable Object>(String name, V value, Origin origin) {

  /** The origin of a value. */
  public enum Origin {
    /** Not set; the library's default. */
    DEFAULT,
    /** An environment variable. */
    ENVIRONMENT,
    /** The program's code. */
    CODE
  }

  @Override
  public String toString() {
    return "%s=%s (%s)"
        .formatted(name, value == null ? "" : value, origin.name().toLowerCase(Locale.ROOT));
  }
}
