package dev.backfill.core.manager;

import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Transition;
import dev.backfill.api.time.TimeSource;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The reasons for the state of a target's backfills: who requested them, where they run and why,
 * the reason of a wait and its end.
 *
 * @param target the target, such as {@code apache/kafka}
 * @param readAt when it was read
 * @param streams its backfills, by the name of their source; empty if the store has none
 */
public record Explanation(String target, Instant readAt, List<Stream> streams) {

  private static final int MAX_TRANSITIONS = 500;
  private static final int MAX_EVENTS = 10;

  /** Copies the list. */
  public Explanation {
    streams = List.copyOf(streams);
  }

  /**
   * The reasons for the state of one backfill.
   *
   * @param backfill the backfill: status, wait with its reason, counters, last error
   * @param stop the user's pause or cancel that is in force; null without one
   * @param job its job, with trigger, schedule, placement and dispatch; null if it is not tracked
   * @param suspensions the present suspensions, such as that of a destination
   * @param events the latest events of its job, oldest first; at most 10
   */
  public record Stream(
      Backfill backfill,
      @Nullable Transition stop,
      @Nullable Job job,
      List<Suspension> suspensions,
      List<JobEvent> events) {

    /** Copies the lists. */
    public Stream {
      suspensions = List.copyOf(suspensions);
      events = List.copyOf(events);
    }

    /**
     * Returns the explanation as text, a fact a line.
     *
     * @param now the time at which a wait counts as over
     * @param zone the zone of the times in the text
     * @return lines for users, without secrets of backfill's own
     */
    public String text(Instant now, ZoneId zone) {
      return new ExplanationText(now, zone).of(this);
    }
  }

  /**
   * Reads an explanation from a store. Changes nothing.
   *
   * @param progress the progress
   * @param jobs the jobs beside it; null if the store has none
   * @param target the target, such as {@code apache/kafka}
   * @param time the clock by which a wait counts as over
   * @return the explanation
   * @throws dev.backfill.api.failure.BackfillException if the store fails
   */
  public static Explanation of(
      ProgressStore progress, @Nullable JobStore jobs, String target, TimeSource time) {
    List<Suspension> suspensions = jobs == null ? List.of() : jobs.suspensions();
    List<Stream> streams = new ArrayList<>();
    for (Backfill backfill : progress.list()) {
      if (backfill.key().target().equals(target)) {
        streams.add(stream(progress, jobs, suspensions, backfill));
      }
    }
    return new Explanation(target, time.now(), streams);
  }

  private static Stream stream(
      ProgressStore progress,
      @Nullable JobStore jobs,
      List<Suspension> suspensions,
      Backfill backfill) {
    Transition stop = backfill.status().isClaimable() ? null : stop(progress, backfill);
    if (jobs == null) {
      return new Stream(backfill, stop, null, suspensions, List.of());
    }
    List<JobEvent> events = new ArrayList<>(jobs.latestEvents(backfill.id(), MAX_EVENTS));
    Collections.reverse(events);
    return new Stream(backfill, stop, jobs.find(backfill.key()).orElse(null), suspensions, events);
  }

  private static @Nullable Transition stop(ProgressStore progress, Backfill backfill) {
    // A request is followed by its release or its settling, and by no other transition.
    return progress.latestTransitions(backfill.id(), MAX_TRANSITIONS).stream()
        .filter(
            each ->
                each.cause() == Transition.Cause.PAUSE || each.cause() == Transition.Cause.CANCEL)
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns the explanation as text, with times in the machine's zone.
   *
   * @return lines for users, without secrets of backfill's own; empty without backfills
   */
  public String text() {
    return text(ZoneId.systemDefault());
  }

  /**
   * Returns the explanation as text, a fact a line.
   *
   * @param zone the zone of the times in it
   * @return lines for users, without secrets of backfill's own; empty without backfills
   */
  public String text(ZoneId zone) {
    return streams.stream().map(stream -> stream.text(readAt, zone)).collect(Collectors.joining());
  }
}
