package dev.backfill.supabase.internal.http;

import dev.backfill.api.failure.BackfillException;
import org.jspecify.annotations.Nullable;

/** The meaning of the codes with which one function refuses a call, such as {@code LEASE_LOST}. */
@FunctionalInterface
public interface Refusals {

  /** No codes of its own. */
  Refusals NONE = (code, detail) -> null;

  /**
   * Returns the exception for a code.
   *
   * @param code the function's own code
   * @param detail the facts that it sent with the code; JSON's null without any
   * @return a {@link BackfillException} or an {@link IllegalArgumentException}; null if the code is
   *     not known
   */
  @Nullable RuntimeException of(String code, JsonValue detail);
}
