package dev.backfill.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Horizontal bars in groups, as SVG that is legible on light and on dark ground.
 *
 * @param title the title
 * @param unit the unit of the values
 * @param groups for each group, in order, its bars
 */
record SvgChart(String title, String unit, Map<String, Map<String, Double>> groups) {

  private static final List<String> COLOURS =
      List.of(
          "#2f81f7", "#db6d28", "#3fb950", "#a371f7", "#8b949e", "#d29922", "#e5534b", "#39c5cf");
  private static final int BAR = 18;
  private static final int LEFT = 250;
  private static final int WIDTH = 820;

  String svg() {
    double most =
        groups.values().stream()
            .flatMap(bars -> bars.values().stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
    StringBuilder body = new StringBuilder();
    int y = 50;
    for (Map.Entry<String, Map<String, Double>> group : groups.entrySet()) {
      text(body, 8, y + 13, "start", "600", group.getKey());
      y += BAR + 2;
      int colour = 0;
      for (Map.Entry<String, Double> bar : group.getValue().entrySet()) {
        double width = Math.max(1, bar.getValue() / most * (WIDTH - LEFT - 90));
        text(body, LEFT - 8, y + 13, "end", "400", bar.getKey());
        body.append(
            String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n",
                LEFT,
                y + 1,
                width,
                BAR - 4,
                COLOURS.get(colour++ % COLOURS.size())));
        text(body, LEFT + (int) width + 6, y + 13, "start", "400", Figures.text(bar.getValue()));
        y += BAR;
      }
      y += 8;
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
        role="img" aria-label="%3$s">
        <style>text{font:13px system-ui,sans-serif;fill:#1f2328}\
        @media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>
        <text x="8" y="22" font-weight="600" style="font-size:15px">%3$s</text>
        <text x="8" y="40">%4$s</text>
        %5$s</svg>
        """
        .formatted(WIDTH, y + 6, escaped(title), escaped(unit), body);
  }

  private static void text(
      StringBuilder body, int x, int y, String anchor, String weight, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            weight,
            escaped(text)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
