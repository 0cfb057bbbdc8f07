package dev.backfill.core.comparison;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** The comparisons as tables in Markdown. */
final class ComparisonTables {

  private final List<Comparison> comparisons;
  private final StringBuilder text = new StringBuilder();

  private ComparisonTables(List<Comparison> comparisons) {
    this.comparisons = comparisons;
  }

  static String of(List<Comparison> comparisons) {
    ComparisonTables tables = new ComparisonTables(comparisons);
    tables.table(
        "Time from the start to the end, waits included, beside the best fixed size within the bounds",
        true,
        (comparison, outcome) ->
            outcome.finished()
                ? String.format(Locale.ROOT, "%+.1f %%", comparison.excess(outcome) * 100)
                : "gives up");
    tables.table(
        "The longest chunk, or try for one, in seconds",
        false,
        (comparison, outcome) -> String.format(Locale.ROOT, "%.1f", outcome.largestSeconds()));
    tables.table(
        "Units of quota that went into what failed",
        false,
        (comparison, outcome) -> String.valueOf(outcome.wastedUnits()));
    tables.table(
        "Oscillation: how often the size turned from growing to shrinking or back, of so many chunks",
        false,
        (comparison, outcome) ->
            outcome.directionChanges() + " of " + outcome.requestedSizes().size());
    return tables.text.toString();
  }

  private void table(String title, boolean best, BiFunction<Comparison, Outcome, String> figure) {
    text.append(title).append(":\n\n| history |");
    StringBuilder line = new StringBuilder("| --- |");
    if (best) {
      text.append(" best fixed |");
      line.append(" --- |");
    }
    for (String policy : comparisons.get(0).outcomes().keySet()) {
      text.append(' ').append(policy).append(" |");
      line.append(" --- |");
    }
    text.append('\n').append(line).append('\n');
    for (Comparison comparison : comparisons) {
      text.append("| ").append(comparison.trace().name()).append(" |");
      if (best) {
        text.append(
            String.format(
                Locale.ROOT, " %d: %,.0f s |", comparison.bestSize(), comparison.best().seconds()));
      }
      comparison
          .outcomes()
          .values()
          .forEach(
              outcome -> text.append(' ').append(figure.apply(comparison, outcome)).append(" |"));
      text.append('\n');
    }
    text.append('\n');
  }
}
