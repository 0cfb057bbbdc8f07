package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Transition;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.run.UnknownBackfill;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Redaction;
import dev.backfill.cli.view.RunText;
import dev.backfill.core.policy.AdaptiveRateLimitPolicy;
import dev.backfill.github.RepositoryName;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backfill explain}: why a repository stands where it stands. */
@Command(
    name = "explain",
    description =
        "Says why a repository's backfills stand where they stand: who asked for them, where they"
            + " run and why, what they wait for; or why a chunk was as large as it was.")
final class ExplainCommand implements Callable<Integer> {

  private static final int EVENTS = 500;
  private static final int SHOWN = 10;

  @Parameters(index = "0", paramLabel = "OWNER/NAME", description = "The repository.")
  String target = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CHUNK",
      description = "The number of a chunk; its size is explained then.")
  @Nullable String chunk;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    String name = RepositoryName.parse(target).toString();
    Long number = chunk == null ? null : number(chunk);
    Optional<Database> existing = Database.openExisting(connection.settings());
    PrintWriter out = spec.commandLine().getOut();
    boolean any = false;
    if (existing.isPresent()) {
      try (Database database = existing.get()) {
        for (Backfill backfill : database.backfills(Selection.of(name))) {
          any = true;
          Explanation explanation = new Explanation(out, backfill, database);
          if (number == null) {
            explanation.job();
          } else {
            explanation.chunk(number);
          }
        }
      }
    }
    out.flush();
    if (!any) {
      spec.commandLine()
          .getErr()
          .println(UnknownBackfill.nothingShown(name, connection.settings()));
      return ExitCode.FAILED.number();
    }
    return ExitCode.DONE.number();
  }

  private static long number(String chunk) {
    try {
      long number = Long.parseLong(chunk);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that no chunk has.
    }
    throw new InvalidConfigurationException(
        "The chunk is \"%s\"; it must be a number from 1 on, or left out to see how many there are."
            .formatted(chunk));
  }

  /** What is said of one backfill. */
  private record Explanation(PrintWriter out, Backfill backfill, Database database) {

    private static final ZoneId ZONE = ZoneId.systemDefault();

    void job() {
      Backfill.State state = backfill.state();
      out.println(Format.stream(backfill.key()));
      line("status", Format.words(state.status()) + ", " + RunText.position(backfill.counters()));
      line(
          "begun",
          "%s, because: %s".formatted(at(backfill.timeline().createdAt()), state.triggerReason()));
      Transition stop = state.status().isClaimable() ? null : stopped();
      if (stop != null) {
        line(
            "stopped",
            "by %s at %s%s; backfill resume %s lets it go on"
                .formatted(
                    stop.actor(),
                    at(stop.at()),
                    stop.reason() == null ? "" : ": " + stop.reason(),
                    backfill.key().target()));
      }
      String wait = Format.wait(backfill, TimeSource.system().now(), ZONE);
      if (wait != null) {
        line("waits", wait);
      }
      Backfill.Holder holder = backfill.holder();
      if (holder != null) {
        line(holder.expired() ? "was held" : "held", "by " + holder.owner());
      }
      long chunks = backfill.position().nextChunkNumber() - 1;
      if (chunks > 0) {
        line(
            "chunks",
            String.format(
                Locale.ROOT,
                "1 to %d; backfill explain %s CHUNK says why one had its size",
                chunks,
                backfill.key().target()));
      }
      if (state.note() != null) {
        line("note", state.note());
      }
      if (state.lastError() != null) {
        line("last error", state.lastError());
      }
      Optional<Job> job = database.job(backfill.key());
      if (job.isEmpty()) {
        line("job", "none: it is not tracked, and runs when somebody runs it");
      } else {
        job(job.get());
      }
      suspensions(database.suspensions());
      events(latest());
    }

    /** Who paused or cancelled it last. */
    private @Nullable Transition stopped() {
      // A request is followed by its release or its settling, and by nothing else.
      return database.store().progress().latestTransitions(backfill.id(), EVENTS).stream()
          .filter(
              each ->
                  each.change().cause() == Transition.Cause.PAUSE
                      || each.change().cause() == Transition.Cause.CANCEL)
          .findFirst()
          .orElse(null);
    }

    private void job(Job job) {
      Instant due = job.schedule().dueAt();
      line(
          "job",
          "%s, %s because: %s"
              .formatted(
                  Format.lowerCase(job.state()),
                  Format.lowerCase(job.trigger().priority()),
                  job.trigger().reason()));
      line("due", due == null ? "not by itself" : at(due));
      if (job.schedule().attempts() > 0) {
        line("failures in a row", Integer.toString(job.schedule().attempts()));
      }
      Placement placement = job.placement();
      line(
          "runs on",
          placement == null
              ? "not decided yet"
              : "%s, because %s%s"
                  .formatted(
                      placement.destination(),
                      placement.reason(),
                      placement.fallback() ? " (fallback)" : ""));
      Dispatch dispatch = job.dispatch();
      if (dispatch != null) {
        line("sent", "%s as %s".formatted(at(dispatch.at()), dispatch.correlationId()));
        if (dispatch.url() != null) {
          line("run", dispatch.url());
        }
        Instant claimed = dispatch.claimedAt();
        line("taken", claimed == null ? "not yet" : at(claimed));
      }
    }

    private void suspensions(List<Suspension> suspensions) {
      for (Suspension each : suspensions) {
        Instant until = each.until();
        line(
            "switched off",
            "%s by %s, %s: %s"
                .formatted(
                    each.subject(),
                    each.actor(),
                    until == null ? "until somebody ends it" : "until " + at(until),
                    each.reason()));
      }
    }

    /** The latest, oldest first: there may be years of them. */
    private List<JobEvent> latest() {
      List<JobEvent> events = new ArrayList<>(database.latestEvents(backfill.id(), SHOWN));
      Collections.reverse(events);
      return events;
    }

    private void events(List<JobEvent> events) {
      for (JobEvent event : events) {
        Destination destination = event.note().destination();
        line(
            at(event.note().at()),
            "%s%s: %s"
                .formatted(
                    Format.lowerCase(event.note().kind()).replace('_', ' '),
                    destination == null ? "" : " " + destination,
                    event.note().reason()));
      }
    }

    void chunk(long number) {
      List<CommittedChunk> found = database.store().progress().chunks(backfill.id(), number, 1);
      out.println(Format.stream(backfill.key()));
      if (found.isEmpty() || found.get(0).number() != number) {
        line("chunk " + number, "was not committed, or retention has removed it");
        return;
      }
      CommittedChunk each = found.get(0);
      line(
          "chunk " + number,
          String.format(
              Locale.ROOT,
              "%,d item(s) of %,d asked for: %s",
              each.counts().items(),
              each.measures().requestedSize(),
              each.measures().sizeReason()));
      AdaptiveRateLimitPolicy.explain(each.measures().sizeBasis())
          .ifPresent(sentence -> line("because", sentence));
      line(
          "stored",
          String.format(
              Locale.ROOT,
              "%,d new, %,d changed, %,d in quarantine",
              each.counts().inserted(),
              each.counts().updated(),
              each.counts().quarantined()));
      Long remaining = each.measures().quotaRemaining();
      line(
          "quota",
          String.format(
              Locale.ROOT,
              "%,d used, %s left",
              each.measures().quotaSpent(),
              remaining == null ? "nobody knows how much" : Format.number(remaining)));
      line(
          "worked",
          String.format(
              Locale.ROOT,
              "%,d ms, waits excluded, by %s",
              each.measures().active().toMillis(),
              each.commitment().worker()));
      line("committed", at(each.commitment().committedAt()));
    }

    private static String at(Instant moment) {
      return Format.moment(moment, ZONE);
    }

    private void line(String name, String text) {
      out.printf("  %-18s %s%n", name, Redaction.masked(text.replaceAll("\\s+", " ")));
    }
  }
}
