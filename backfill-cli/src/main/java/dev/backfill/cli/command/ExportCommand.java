package dev.backfill.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.Placement;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Json;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill export}: the state of every backfill and job, for spreadsheets and programs. */
@Command(
    name = "export",
    description = "Prints the state of every backfill and its job as CSV or JSON, one row each.")
public final class ExportCommand implements Callable<Integer> {

  @ArgGroup(exclusive = true, multiplicity = "1")
  FileFormat format = new FileFormat();

  /** The output format; exactly one is given. */
  static final class FileFormat {
    @Option(
        names = "--csv",
        description = "Print comma-separated values with a header row (RFC 4180).")
    boolean csv;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;
  }

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<Map<String, @Nullable Object>> rows = read();
    PrintWriter out = spec.commandLine().getOut();
    out.print(format.csv ? csv(rows) : json(rows));
    out.flush();
    return ExitCode.DONE.number();
  }

  private List<Map<String, @Nullable Object>> read() {
    return Database.look(connection.settings(), ExportCommand::rows, List.of());
  }

  private static List<Map<String, @Nullable Object>> rows(Database database) {
    List<Backfill> backfills = database.backfills();
    Map<BackfillKey, Job> jobs =
        database.jobs().stream().collect(Collectors.toMap(Job::key, Function.identity()));
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    backfills.forEach(backfill -> rows.add(row(backfill, jobs.get(backfill.key()))));
    return rows;
  }

  private static Map<String, @Nullable Object> row(Backfill backfill, @Nullable Job job) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    Decision.Wait waiting = backfill.waiting();
    Placement placement = job == null ? null : job.placement();
    Dispatch dispatch = job == null ? null : job.dispatch();
    row.put("target", backfill.key().target());
    row.put("source", backfill.key().source());
    row.put("status", Format.lowerCase(backfill.status()));
    row.put("phase", Format.lowerCase(backfill.phase()));
    row.put("processed", backfill.counters().processed());
    row.put(
        "total",
        backfill.counters().total().isKnown() ? backfill.counters().total().count() : null);
    row.put("quarantined", backfill.counters().quarantined());
    row.put("chunks", backfill.nextChunkNumber() - 1);
    row.put("wait_until", waiting == null ? null : text(waiting.until()));
    row.put("wait_reason", waiting == null ? null : waiting.reason());
    row.put("holder", backfill.isHeld() ? backfill.holder() : null);
    row.put("last_error", backfill.lastError());
    row.put("job_state", job == null ? null : Format.lowerCase(job.state()));
    row.put("priority", job == null ? null : Format.lowerCase(job.priority()));
    row.put("trigger", job == null ? backfill.triggerReason() : job.reason());
    row.put("due_at", job == null ? null : text(job.dueAt()));
    row.put("attempts", job == null ? null : job.attempts());
    row.put("destination", placement == null ? null : placement.destination().name());
    row.put("route_reason", placement == null ? null : placement.reason());
    row.put("run_url", dispatch == null ? null : dispatch.url());
    row.put("created_at", text(backfill.createdAt()));
    row.put("updated_at", text(backfill.updatedAt()));
    row.put("completed_at", text(backfill.completedAt()));
    row.put("note", backfill.note());
    return row;
  }

  private static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }

  private static String json(List<Map<String, @Nullable Object>> rows) {
    ObjectNode json = Json.object();
    ArrayNode array = json.putArray("backfills");
    rows.forEach(row -> row.forEach(array.addObject()::putPOJO));
    return Json.print(json);
  }

  public static String csv(List<Map<String, @Nullable Object>> rows) {
    StringBuilder text = new StringBuilder();
    if (!rows.isEmpty()) {
      line(text, List.copyOf(rows.get(0).keySet()));
    }
    for (Map<String, @Nullable Object> row : rows) {
      line(
          text, row.values().stream().map(value -> value == null ? "" : value.toString()).toList());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append(cells.stream().map(ExportCommand::cell).collect(Collectors.joining(",")))
        .append("\r\n");
  }

  /**
   * Quotes a value if it must be. Prefixes a value with {@code '} if a spreadsheet would evaluate
   * it as a formula.
   */
  private static String cell(String value) {
    String safe =
        value.matches("(?s)[=+@\\t\\r-].*") && !value.matches("-?\\d+") ? "'" + value : value;
    return safe.matches("(?s).*[\",\\r\\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
