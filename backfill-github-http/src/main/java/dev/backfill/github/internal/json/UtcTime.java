package dev.backfill.github.internal.json;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A parser of GitHub's usual form of times: {@code 2024-05-06T07:08:09Z}. */
final class UtcTime {

  private static final String FORM = "0000-00-00T00:00:00Z";
  private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  private static final int DAYS_BEFORE_1970 = 719_162;
  private static final int SECONDS_OF_A_DAY = 86_400;

  private UtcTime() {}

  /** Returns the time, or null if the text has another form or is not a time. */
  static @Nullable Instant read(char[] text, int offset, int length) {
    if (!hasForm(text, offset, length)) {
      return null;
    }
    int year = two(text, offset) * 100 + two(text, offset + 2);
    int month = two(text, offset + 5);
    int day = two(text, offset + 8);
    int hour = two(text, offset + 11);
    int minute = two(text, offset + 14);
    int second = two(text, offset + 17);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) {
      return null;
    }
    if (hour > 23 || minute > 59 || second > 59) {
      return null;
    }
    long days = daysBefore(year) + day - 1L;
    for (int before = 1; before < month; before++) {
      days += daysOf(year, before);
    }
    return Instant.ofEpochSecond(days * SECONDS_OF_A_DAY + hour * 3600L + minute * 60L + second);
  }

  private static boolean hasForm(char[] text, int offset, int length) {
    if (length != FORM.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char form = FORM.charAt(i);
      char c = text[offset + i];
      if (form == '0' ? c < '0' || c > '9' : c != form) {
        return false;
      }
    }
    return true;
  }

  private static int two(char[] text, int at) {
    return (text[at] - '0') * 10 + text[at + 1] - '0';
  }

  private static int daysOf(int year, int month) {
    return month == 2 && isLeap(year) ? 29 : DAYS[month - 1];
  }

  private static boolean isLeap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  private static int daysBefore(int year) {
    int whole = year - 1;
    return whole * 365 + whole / 4 - whole / 100 + whole / 400 - DAYS_BEFORE_1970;
  }
}
