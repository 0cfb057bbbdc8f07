package dev.backfill.cli;

import dev.backfill.github.GitHubTransport;
import dev.backfill.github.HistoryEstimate;
import dev.backfill.github.RequestCost;
import dev.backfill.github.TransportEstimate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What runs would cost, for people. */
final class PlanText {

  private static final List<String> HEADINGS =
      List.of("TRANSPORT", "REST REQUESTS", "GRAPHQL POINTS", "BY QUOTA", "BY LATENCY");

  private PlanText() {}

  static String of(List<HistoryEstimate> estimates, GitHubTransport wanted, int reservePercent) {
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
      text.append(conclusion(estimate, wanted, reservePercent)).append(System.lineSeparator());
    }
    return text.append(
            "Asking cost %s.%n"
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
            + Texts.number(stream.items())
            + " "
            + Texts.stream(stream.source());
    return stream.note() == null ? text : text + " (" + stream.note() + ")";
  }

  private static List<String> row(TransportEstimate estimate, int reservePercent) {
    Duration queries = estimate.queryTime();
    return List.of(
        Texts.lowerCase(estimate.transport()),
        Texts.number(estimate.cost().requests()),
        Texts.number(estimate.cost().points()),
        Texts.duration(estimate.quotaTime(reservePercent)),
        queries.isZero() ? "-" : Texts.duration(queries));
  }

  private static String conclusion(
      HistoryEstimate estimate, GitHubTransport wanted, int reservePercent) {
    TransportEstimate chosen = estimate.of(wanted);
    Duration quota = chosen.quotaTime(reservePercent);
    Duration queries = chosen.queryTime();
    String why =
        queries.compareTo(quota) > 0
            ? "the queries, at about %s each one after the other, take longer than the quota"
                .formatted(Texts.duration(TransportEstimate.QUERY_TIME))
            : String.format(
                Locale.ROOT, "the quota, less %d %% for others, decides", reservePercent);
    return "  run would use %s: about %s, since %s."
        .formatted(
            Texts.lowerCase(chosen.transport()),
            Texts.duration(queries.compareTo(quota) > 0 ? queries : quota),
            why);
  }

  private static String words(RequestCost cost) {
    return "%s and %s"
        .formatted(counted(cost.requests(), "request"), counted(cost.points(), "point"));
  }

  private static String counted(long count, String unit) {
    return Texts.number(count) + " " + unit + (count == 1 ? "" : "s");
  }
}
