package dev.backfill.supabase.internal.http;

import java.time.Duration;

/**
 * The max times of an exchange.
 *
 * @param connect until the connection is open
 * @param total until the whole answer is here; more than a function may take
 */
public record Timeouts(Duration connect, Duration total) {

  /** 10 seconds and 65 seconds: a project's API ends a request after 60 seconds. */
  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(65));
}
