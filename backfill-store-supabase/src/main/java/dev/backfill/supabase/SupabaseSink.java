package dev.backfill.supabase;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Sink;
import dev.backfill.supabase.internal.history.FunctionSink;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sinks for tables of one's own in a Supabase project. A function of the project writes the items,
 * in the transaction that commits their chunk.
 *
 * <p>Stateless and safe for any number of threads.
 */
public final class SupabaseSink {

  private static final Pattern NAME =
      Pattern.compile("[a-z_][a-z0-9_]{0,62}(\\.[a-z_][a-z0-9_]{0,62})?");

  private SupabaseSink() {}

  /**
   * Returns a sink whose items a function writes.
   *
   * <p>The function has one argument of the type {@code jsonb}, an array of the objects that the
   * mapper returns. It returns {@code jsonb} with the whole numbers {@code inserted} and {@code
   * updated}. The role {@code service_role} may execute it. The contract of {@link Sink} holds for
   * it: an older copy of an item must never overwrite a newer one, and a list may hold an item
   * twice. An error of the class 22 or 23 counts as the fault of an item.
   *
   * @param function the name, in lower case; with a schema if that is not the store's
   * @param mapper returns an item's fields: texts, whole numbers, booleans, instants, nulls, maps
   *     and lists of these
   * @param <T> the kind of item
   * @return a sink for the progress store of a {@link SupabaseStore}
   * @throws InvalidConfigurationException if it is no such name
   */
  public static <T> Sink<T> rpc(
      String function, Function<? super T, ? extends Map<String, ?>> mapper) {
    return sink(function, mapper, null);
  }

  /**
   * Returns a sink whose items one function writes and another one reads, so that a history can be
   * verified.
   *
   * <p>The other function has one argument of the type {@code jsonb}, an object with the {@code
   * scope} and a {@code query}. It returns an object:
   *
   * <ul>
   *   <li>{@code count}: with {@code count}, the number of stored items; null if it cannot count,
   *   <li>{@code stored}: the argument has {@code keys}; with {@code stored}, an array of those
   *       whose items are stored,
   *   <li>{@code difference}: with {@code difference}, a sentence or null; see {@link
   *       Sink#difference}.
   * </ul>
   *
   * @param function the name of the function that writes
   * @param mapper returns an item's fields
   * @param queries the name of the function that reads
   * @param <T> the kind of item
   * @return a sink for the progress store of a {@link SupabaseStore}
   * @throws InvalidConfigurationException if one of them is no such name
   */
  public static <T> Sink<T> rpc(
      String function, Function<? super T, ? extends Map<String, ?>> mapper, String queries) {
    return sink(function, mapper, requireName(queries));
  }

  private static <T> Sink<T> sink(
      String function,
      Function<? super T, ? extends Map<String, ?>> mapper,
      @Nullable String queries) {
    return new FunctionSink<>(
        requireName(function), Objects.requireNonNull(mapper, "mapper"), queries);
  }

  private static String requireName(String function) {
    if (!NAME.matcher(function).matches()) {
      throw new InvalidConfigurationException(
          "The function is \""
              + function
              + "\". Its name, and that of its schema, must consist of lower-case letters, digits"
              + " and underscores.");
    }
    return function;
  }
}
