package dev.backfill.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ProgressReader;
import dev.backfill.api.store.Transition;
import dev.backfill.github.RepositoryName;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backfill history}: who changed a repository's backfills, when and why. */
@Command(
    name = "history",
    description = "Shows who started, stopped or steered a repository's backfills, when and why.")
final class HistoryCommand implements Callable<Integer> {

  private static final int PAGE = 500;

  private static final List<String> HEADINGS =
      List.of("WHEN", "STREAM", "FROM", "TO", "BY", "WHO", "WHY");

  @Parameters(paramLabel = "OWNER/NAME", description = "The repository.")
  String target = "";

  @Option(names = "--json", description = "Print it as one JSON object.")
  boolean json;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  /** A transition and whose it is. */
  private record Entry(Backfill stream, Transition transition) {}

  @Override
  public Integer call() {
    String name = RepositoryName.parse(target).toString();
    List<Entry> entries = read(name);
    if (entries.isEmpty()) {
      spec.commandLine().getErr().println(Texts.unknownBackfill(name));
      return ExitCode.FAILED.number();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? json(entries) : table(entries, ZoneId.systemDefault()));
    out.flush();
    return ExitCode.DONE.number();
  }

  private List<Entry> read(String name) {
    Optional<Database> existing = Database.openExisting(connection.settings());
    if (existing.isEmpty()) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    try (Database database = existing.get()) {
      for (Backfill stream : database.backfills()) {
        if (stream.key().target().equalsIgnoreCase(name)) {
          read(database.store().progress(), stream, entries);
        }
      }
    }
    return entries;
  }

  private static void read(ProgressReader reader, Backfill stream, List<Entry> entries) {
    long after = 0;
    while (true) {
      List<Transition> page = reader.transitions(stream.id(), after, PAGE);
      if (page.isEmpty()) {
        return;
      }
      page.forEach(transition -> entries.add(new Entry(stream, transition)));
      after = page.get(page.size() - 1).sequence();
    }
  }

  private static String table(List<Entry> entries, ZoneId zone) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (Entry entry : entries) {
      Transition transition = entry.transition();
      String reason = transition.reason();
      rows.add(
          List.of(
              Texts.moment(transition.at(), zone),
              Texts.stream(entry.stream().key().source()),
              RunText.words(transition.change().from()),
              RunText.words(transition.change().to()),
              Texts.lowerCase(transition.change().cause()),
              transition.actor(),
              reason == null ? "" : reason.replaceAll("\\s+", " ")));
    }
    return Table.of(rows, "");
  }

  private static String json(List<Entry> entries) {
    ObjectNode json = Json.object();
    ArrayNode transitions = json.putArray("transitions");
    for (Entry entry : entries) {
      Transition transition = entry.transition();
      transitions
          .addObject()
          .put("target", entry.stream().key().target())
          .put("source", entry.stream().key().source())
          .put("at", Json.instant(transition.at()))
          .put("from", Texts.lowerCase(transition.change().from()))
          .put("to", Texts.lowerCase(transition.change().to()))
          .put("cause", Texts.lowerCase(transition.change().cause()))
          .put("actor", transition.actor())
          .put("reason", transition.reason())
          .put("fence", transition.fence());
    }
    return Json.print(json);
  }
}
