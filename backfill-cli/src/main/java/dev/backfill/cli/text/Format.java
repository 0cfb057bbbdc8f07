package dev.backfill.cli.text;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats of numbers, times and names in text output. */
public final class Format {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ROOT);

  private Format() {}

  public static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Formats a count of things whose plural ends with s. */
  public static String count(long value, String thing) {
    return number(value) + " " + thing + (value == 1 ? "" : "s");
  }

  /** Formats a position: processed items, and the total if it is known. */
  public static String position(long processed, Total total) {
    if (!total.isKnown()) {
      return number(processed);
    }
    String about = total.isKnown() && !total.isExact() ? "about " : "";
    return number(processed) + " of " + about + number(total.count());
  }

  public static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f %%", value);
  }

  public static String rate(double itemsPerSecond) {
    return String.format(Locale.ROOT, itemsPerSecond < 10 ? "%.1f/s" : "%,.0f/s", itemsPerSecond);
  }

  /**
   * Formats a duration in its two largest units: {@code 2h 05m}, {@code 1m 07s}, {@code 9s}, {@code
   * 0.3s}.
   */
  public static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds == 0) {
      return String.format(Locale.ROOT, "%.1fs", Math.max(0, duration.toMillis()) / 1000.0);
    }
    if (seconds >= 86_400) {
      return String.format(Locale.ROOT, "%dd %02dh", seconds / 86_400, seconds % 86_400 / 3_600);
    }
    if (seconds >= 3_600) {
      return String.format(Locale.ROOT, "%dh %02dm", seconds / 3_600, seconds % 3_600 / 60);
    }
    return seconds >= 60
        ? String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60)
        : seconds + "s";
  }

  /**
   * Formats a time with its zone, such as {@code 2026-12-01 14:03:07 CET}. Rounded up, since a time
   * that is a fraction too early helps no user.
   */
  public static String moment(Instant instant, ZoneId zone) {
    return MOMENT.format(wholeSecond(instant).atZone(zone));
  }

  public static Instant wholeSecond(Instant instant) {
    Instant cut = instant.truncatedTo(ChronoUnit.SECONDS);
    return cut.equals(instant) ? cut : cut.plusSeconds(1);
  }

  /** Formats a source: {@code github:pull-requests} becomes {@code pull requests}. */
  public static String stream(String source) {
    return source.substring(source.indexOf(':') + 1).replace('-', ' ');
  }

  public static String stream(BackfillKey key) {
    return key.target() + " " + stream(key.source());
  }

  /** Formats a constant as words, such as {@code limit reached}. */
  public static String words(Enum<?> value) {
    return lowerCase(value).replace('_', ' ');
  }

  public static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Formats the end and the reason of a backfill's wait; null without a wait. */
  public static @Nullable String wait(Backfill backfill, Instant now, ZoneId zone) {
    Decision.Wait waiting = backfill.waiting();
    if (waiting == null) {
      return null;
    }
    Instant counted = backfill.waitsUntil();
    Instant until = counted == null ? waiting.until() : counted;
    return until.isAfter(now)
        ? "until %s: %s".formatted(moment(until, zone), waiting.reason())
        : "for a worker since %s, when this ended: %s"
            .formatted(moment(until, zone), waiting.reason());
  }
}
