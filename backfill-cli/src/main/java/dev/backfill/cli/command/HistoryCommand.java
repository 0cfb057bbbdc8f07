package dev.backfill.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.Transition;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.run.UnknownBackfill;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Json;
import dev.backfill.cli.text.Table;
import dev.backfill.github.RepositoryName;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backfill history}: the changes of a repository's backfills, with actor and reason. */
@Command(
    name = "history",
    description =
        "Shows who started, stopped or controlled a repository's backfills, when and why.")
final class HistoryCommand implements Callable<Integer> {

  private static final int PAGE = 500;

  private static final List<String> HEADINGS =
      List.of("WHEN", "STREAM", "FROM", "TO", "BY", "WHO", "WHY");

  @Parameters(paramLabel = "OWNER/NAME", description = "The repository.")
  String target = "";

  @Option(names = "--json", description = "Print the result as one JSON object.")
  boolean json;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  /**
   * One row of the output.
   *
   * @param stream the backfill that changed
   * @param at the time of the change
   * @param what the change
   * @param actor the actor of a transition, or the destination of a job; may be empty
   * @param reason the reason, or null
   * @param fence the newest fence at that time; null for an event of a job
   */
  private record Entry(
      Backfill stream,
      Instant at,
      What what,
      String actor,
      @Nullable String reason,
      @Nullable Long fence) {

    /**
     * The change.
     *
     * @param from the status before; empty for an event of a job
     * @param to the status after; empty for an event of a job
     * @param cause the cause of the transition, or the kind of the job's event
     */
    private record What(String from, String to, String cause) {}

    static Entry of(Backfill stream, Transition transition) {
      return new Entry(
          stream,
          transition.at(),
          new What(
              Format.lowerCase(transition.from()),
              Format.lowerCase(transition.to()),
              Format.lowerCase(transition.cause())),
          transition.actor(),
          transition.reason(),
          transition.fence());
    }

    static Entry of(Backfill stream, JobEvent event) {
      Destination destination = event.destination();
      return new Entry(
          stream,
          event.at(),
          new What("", "", Format.lowerCase(event.kind())),
          destination == null ? "" : destination.name(),
          event.reason(),
          null);
    }
  }

  @Override
  public Integer call() {
    String name = RepositoryName.parse(target).toString();
    List<Entry> entries = read(name);
    if (entries.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(UnknownBackfill.nothingShown(name, connection.settings()));
      return ExitCode.FAILED.number();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? json(entries) : table(entries, ZoneId.systemDefault()));
    out.flush();
    return ExitCode.DONE.number();
  }

  private List<Entry> read(String name) {
    List<Entry> entries =
        Database.look(
            connection.settings(), database -> entries(database, name), new ArrayList<>());
    // The sort is stable: entries with the same time keep their order.
    entries.sort(
        Comparator.comparing((Entry entry) -> entry.stream().key().source())
            .thenComparing(Entry::at));
    return entries;
  }

  private static List<Entry> entries(Database database, String name) {
    List<Entry> entries = new ArrayList<>();
    for (Backfill stream : database.backfills(Selection.of(name))) {
      read(database, stream, entries);
    }
    return entries;
  }

  private static void read(Database database, Backfill stream, List<Entry> entries) {
    long after = 0;
    List<Transition> page;
    while (!(page = database.store().progress().transitions(stream.id(), after, PAGE)).isEmpty()) {
      page.forEach(transition -> entries.add(Entry.of(stream, transition)));
      after = page.get(page.size() - 1).sequence();
    }
    long last = 0;
    List<JobEvent> events;
    while (!(events = database.events(stream.id(), last, PAGE)).isEmpty()) {
      events.forEach(event -> entries.add(Entry.of(stream, event)));
      last = events.get(events.size() - 1).sequence();
    }
  }

  private static String table(List<Entry> entries, ZoneId zone) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (Entry entry : entries) {
      String reason = entry.reason();
      rows.add(
          List.of(
              Format.moment(entry.at(), zone),
              Format.stream(entry.stream().key().source()),
              entry.what().from().replace('_', ' '),
              entry.what().to().replace('_', ' '),
              entry.what().cause().replace('_', ' '),
              entry.actor(),
              reason == null ? "" : reason.replaceAll("\\s+", " ")));
    }
    return Table.of(rows, "");
  }

  private static String json(List<Entry> entries) {
    ObjectNode json = Json.object();
    ArrayNode transitions = json.putArray("transitions");
    for (Entry entry : entries) {
      transitions
          .addObject()
          .put("target", entry.stream().key().target())
          .put("source", entry.stream().key().source())
          .put("at", Json.instant(entry.at()))
          .put("from", entry.what().from())
          .put("to", entry.what().to())
          .put("cause", entry.what().cause())
          .put("actor", entry.actor())
          .put("reason", entry.reason())
          .put("fence", entry.fence());
    }
    return Json.print(json);
  }
}
