package dev.backfill.cli.view;

import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Table;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.HistoryEstimate;
import dev.backfill.github.RequestCost;
import dev.backfill.github.TransportEstimate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Estimates of runs as text. */
public final class PlanText {

  private static final List<String> HEADINGS =
      List.of("TRANSPORT", "REST REQUESTS", "GRAPHQL POINTS", "BY QUOTA", "BY LATENCY");

  private PlanText() {}

  public static String of(
      List<HistoryEstimate> estimates, GitHubTransport selected, int reservePercent) {
    StringBuilder text = new StringBuilder();
    for (HistoryEstimate estimate : estimates) {
      text.append(estimate.repository())
          .append(": ")
          .append(
              estimate.streams().stream().map(PlanText::stream).collect(Collectors.joining(", ")))
          .append(System.lineSeparator());
      List<List<String>> rows = new ArrayList<>();
      rows.add(HEADINGS);
      estimate.transports().forEach(transport -> rows.add(row(transport, reservePercent)));
      text.append(Table.of(rows, "  "));
      text.append(conclusion(estimate, selected, reservePercent)).append(System.lineSeparator());
    }
    return text.append(
            "This estimate cost %s.%n"
                .formatted(
                    words(
                        new RequestCost(
                            estimates.stream().mapToLong(all -> all.spent().requests()).sum(),
                            estimates.stream().mapToLong(all -> all.spent().points()).sum()))))
        .toString();
  }

  private static String stream(HistoryEstimate.Stream stream) {
    String text =
        (stream.atLeast() ? "at least " : "")
            + Format.number(stream.items())
            + " "
            + Format.stream(stream.source());
    return stream.note() == null ? text : text + " (" + stream.note() + ")";
  }

  private static List<String> row(TransportEstimate estimate, int reservePercent) {
    Duration queries = estimate.queryTime();
    return List.of(
        Format.lowerCase(estimate.transport()),
        Format.number(estimate.cost().requests()),
        Format.number(estimate.cost().points()),
        Format.duration(estimate.quotaTime(reservePercent)),
        queries.isZero() ? "-" : Format.duration(queries));
  }

  private static String conclusion(
      HistoryEstimate estimate, GitHubTransport selected, int reservePercent) {
    TransportEstimate chosen = estimate.of(selected);
    Duration quota = chosen.quotaTime(reservePercent);
    Duration queries = chosen.queryTime();
    String why =
        queries.compareTo(quota) > 0
            ? "the queries take longer than the quota, at about %s each, one after the other"
                .formatted(Format.duration(TransportEstimate.QUERY_TIME))
            : String.format(
                Locale.ROOT, "the quota is the limit, less a reserve of %d %%", reservePercent);
    return "  run would use %s: about %s, since %s."
        .formatted(
            Format.lowerCase(chosen.transport()),
            Format.duration(queries.compareTo(quota) > 0 ? queries : quota),
            why);
  }

  private static String words(RequestCost cost) {
    return "%s and %s"
        .formatted(counted(cost.requests(), "request"), counted(cost.points(), "point"));
  }

  private static String counted(long count, String unit) {
    return Format.number(count) + " " + unit + (count == 1 ? "" : "s");
  }
}
