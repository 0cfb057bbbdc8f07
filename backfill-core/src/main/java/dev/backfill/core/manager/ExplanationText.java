package dev.backfill.core.manager;

import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.Transition;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The text of an {@link Explanation}. */
final class ExplanationText {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ROOT);

  private final Instant now;
  private final ZoneId zone;
  private final StringBuilder text = new StringBuilder();

  ExplanationText(Instant now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
  }

  String of(Explanation.Stream stream) {
    Backfill backfill = stream.backfill();
    text.append(backfill.key().target()).append(' ').append(source(backfill)).append('\n');
    line("status", words(backfill.status()) + ", " + position(backfill.counters()));
    line("begun", at(backfill.createdAt()) + ", because: " + backfill.triggerReason());
    stop(stream.stop());
    waiting(backfill);
    if (backfill.holder() != null) {
      line(backfill.leaseExpired() ? "was held" : "held", "by " + backfill.holder());
    }
    long chunks = backfill.nextChunkNumber() - 1;
    if (chunks > 0) {
      line("chunks", "1 to " + chunks + "; explain TARGET CHUNK shows the reasons for a size");
    }
    if (backfill.note() != null) {
      line("note", backfill.note());
    }
    if (backfill.lastError() != null) {
      line("last error", backfill.lastError());
    }
    job(stream.job());
    stream.suspensions().forEach(this::suspension);
    stream.events().forEach(this::event);
    return text.toString();
  }

  private void stop(@Nullable Transition stop) {
    if (stop != null) {
      String reason = stop.reason() == null ? "" : ": " + stop.reason();
      line(
          "stopped",
          "by %s at %s%s; resume continues it".formatted(stop.actor(), at(stop.at()), reason));
    }
  }

  private void waiting(Backfill backfill) {
    Decision.Wait waiting = backfill.waiting();
    if (waiting == null) {
      return;
    }
    Instant counted = backfill.waitsUntil();
    Instant until = counted == null ? waiting.until() : counted;
    line(
        "waits",
        until.isAfter(now)
            ? "until %s: %s".formatted(at(until), waiting.reason())
            : "for a worker since %s, when this ended: %s".formatted(at(until), waiting.reason()));
  }

  private void job(@Nullable Job job) {
    if (job == null) {
      line("job", "none (not tracked; runs only when started by hand)");
      return;
    }
    Instant due = job.dueAt();
    line(
        "job",
        "%s, %s because: %s".formatted(words(job.state()), words(job.priority()), job.reason()));
    line("due", due == null ? "not by itself" : at(due));
    if (job.attempts() > 0) {
      line("failures in a row", Integer.toString(job.attempts()));
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
      line("dispatched", "%s as %s".formatted(at(dispatch.at()), dispatch.correlationId()));
      if (dispatch.url() != null) {
        line("run", dispatch.url());
      }
      Instant claimed = dispatch.claimedAt();
      line("claimed", claimed == null ? "not yet" : at(claimed));
    }
  }

  private void suspension(Suspension each) {
    Instant until = each.until();
    line(
        "switched off",
        "%s by %s, %s: %s"
            .formatted(
                each.subject(),
                each.actor(),
                until == null ? "until it is enabled again" : "until " + at(until),
                each.reason()));
  }

  private void event(JobEvent event) {
    String destination = event.destination() == null ? "" : " " + event.destination();
    line(at(event.at()), words(event.kind()) + destination + ": " + event.reason());
  }

  private static String source(Backfill backfill) {
    String source = backfill.key().source();
    return source.substring(source.indexOf(':') + 1).replace('-', ' ');
  }

  private static String position(Backfill.Counters counters) {
    Total total = counters.total();
    if (!total.isKnown()) {
      return number(counters.processed());
    }
    String about = total.isKnown() && !total.isExact() ? "about " : "";
    return number(counters.processed()) + " of " + about + number(total.count());
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Formats a time, rounded up, since a time that is a fraction too early helps no user. */
  private String at(Instant moment) {
    Instant second = moment.truncatedTo(ChronoUnit.SECONDS);
    return MOMENT.format(
        ZonedDateTime.ofInstant(second.equals(moment) ? second : second.plusSeconds(1), zone));
  }

  private void line(String label, String fact) {
    text.append(String.format(Locale.ROOT, "  %-18s %s\n", label, fact.replaceAll("\\s+", " ")));
  }
}
