package dev.backfill.cli.text;

import java.util.List;
import java.util.StringJoiner;

/** Rows of text with aligned columns. */
public final class Table {

  private Table() {}

  /**
   * Formats rows with aligned columns.
   *
   * @param rows the rows; each has as many cells as the first
   * @param indent the text at the start of each line
   */
  public static String of(List<List<String>> rows, String indent) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      StringJoiner line = new StringJoiner("  ", indent, "");
      for (int i = 0; i < widths.length; i++) {
        line.add(("%-" + Math.max(1, widths[i]) + "s").formatted(row.get(i)));
      }
      table.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return table.toString();
  }
}
