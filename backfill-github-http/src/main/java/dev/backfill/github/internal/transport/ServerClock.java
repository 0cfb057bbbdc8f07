package dev.backfill.github.internal.transport;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Converts the server's times to the local clock, which may be wrong by any amount. */
public final class ServerClock {

  /**
   * Cached, since all responses of a second contain the same date, and several callers parse it.
   */
  private static volatile Date latest = new Date("", null);

  private final Instant localNow;
  private final Instant serverNow;

  private ServerClock(Instant localNow, Instant serverNow) {
    this.localNow = localNow;
    this.serverNow = serverNow;
  }

  public static ServerClock of(String dateHeader, Instant localNow) {
    Instant date = parseDate(dateHeader);
    return new ServerClock(localNow, date == null ? localNow : date);
  }

  public Instant toLocal(Instant server) {
    return localNow.plus(Duration.between(serverNow, server));
  }

  public static @Nullable Instant parseDate(String text) {
    Date date = latest;
    if (!date.text().equals(text)) {
      date = new Date(text, parse(text));
      latest = date;
    }
    return date.instant();
  }

  private static @Nullable Instant parse(String text) {
    try {
      return text.isBlank()
          ? null
          : ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private record Date(String text, @Nullable Instant instant) {}
}
