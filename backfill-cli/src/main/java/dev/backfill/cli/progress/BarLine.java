package dev.backfill.cli.progress;

import dev.backfill.api.event.Progress;
import dev.backfill.cli.text.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A stream's line on the terminal.
 *
 * @param name the stream
 * @param progress its progress
 * @param note the reason for which it does not move; empty if it moves
 */
public record BarLine(String name, Progress progress, String note) {

  private static final int MAX_BAR = 30;
  private static final int MIN_BAR = 5;
  private static final String GAP = "  ";

  /** Formats the facts that fit the width, the most useful first; a note replaces the bar. */
  public String render(int width, boolean unicode) {
    OptionalDouble percent = progress.percent();
    String head = name + GAP + (percent.isPresent() ? percentage(percent.getAsDouble()) : "    ");
    if (!note.isEmpty()) {
      return cut(
          head + GAP + Format.position(progress.processed(), progress.total()) + GAP + note, width);
    }
    List<String> facts =
        new ArrayList<>(List.of(Format.position(progress.processed(), progress.total())));
    facts.addAll(ProgressText.details(progress));
    StringBuilder tail = new StringBuilder();
    for (String fact : facts) {
      int length = head.length() + 1 + MIN_BAR + 2 + tail.length() + GAP.length();
      if (length + fact.length() > width) {
        break;
      }
      tail.append(GAP).append(fact);
    }
    int space = width - head.length() - 1 - 2 - tail.length();
    String bar =
        space < MIN_BAR
            ? ""
            : " " + bar(percent.orElse(0) / 100, Math.min(space, MAX_BAR), unicode);
    return cut(head + bar + tail, width);
  }

  /** Formats a percentage, rounded down, so that 100 means done. */
  private static String percentage(double percent) {
    return String.format(Locale.ROOT, "%3d%%", (int) Math.floor(percent));
  }

  private static String bar(double share, int length, boolean unicode) {
    int full = (int) Math.floor(share * length);
    return (unicode ? "│" : "[")
        + (unicode ? "█" : "=").repeat(full)
        + (unicode ? "░" : " ").repeat(length - full)
        + (unicode ? "│" : "]");
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width));
  }
}
