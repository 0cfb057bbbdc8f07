package dev.backfill.benchmarks.report;

import java.util.Locale;

/** How figures are written. */
final class Figures {

  private Figures() {}

  /** With as many digits as mean something. */
  static String text(double value) {
    return String.format(
        Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
