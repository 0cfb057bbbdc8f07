package dev.backfill.benchmarks.report;

import java.util.Locale;

/** The format of figures. */
final class Figures {

  private Figures() {}

  /** Returns a figure with its significant digits. */
  static String text(double value) {
    return String.format(
        Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
