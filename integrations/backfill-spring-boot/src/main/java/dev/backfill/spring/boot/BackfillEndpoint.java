package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.Explanation;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The actuator endpoint {@code backfill}: all backfills, the explanation of one repository, and
 * requests to pause, resume, sync and cancel.
 *
 * <p>Times are ISO-8601 in UTC.
 */
@Endpoint(id = "backfill")
public final class BackfillEndpoint {

  private final BackfillStore store;
  private final BackfillManager manager;

  /**
   * Creates the endpoint.
   *
   * @param store the store that is read
   * @param manager the manager that gets the requests
   */
  public BackfillEndpoint(BackfillStore store, BackfillManager manager) {
    this.store = store;
    this.manager = manager;
  }

  /** The request of a user. */
  public enum Action {
    /** Pauses all backfills of the repository until a resume. */
    PAUSE,
    /** Resumes them after a pause, a cancel or a failure, or before a wait is over. */
    RESUME,
    /** Tracks the repository if it is not, and updates it now. */
    SYNC,
    /** Cancels them; stored items stay. */
    CANCEL
  }

  /**
   * All backfills.
   *
   * @param worker the name under which this process holds leases
   * @param running true while the manager of this process runs
   * @param suspensions the suspensions of destinations, or of all work
   * @param backfills the backfills by target and source
   */
  public record Overview(
      String worker, boolean running, List<Stop> suspensions, List<Stream> backfills) {}

  /**
   * The backfills of a repository, with the reasons for their state.
   *
   * @param target the repository
   * @param backfills its backfills by source
   * @param explanation the same as text, a fact a line
   */
  public record Target(String target, List<Stream> backfills, String explanation) {}

  /**
   * A suspension.
   *
   * @param subject the destination, or {@code work}
   * @param reason the reason
   * @param actor the user, or {@code automatic}
   * @param until its end; null if an operator has to end it
   */
  public record Stop(String subject, String reason, String actor, @Nullable String until) {}

  /**
   * A backfill with its job.
   *
   * @param target the repository
   * @param source the source, such as {@code github:pull-requests}
   * @param status the status, in lower case
   * @param phase the part of the work that is under way, or was last
   * @param processed the items that are stored or in quarantine
   * @param total the items of the history; null while unknown
   * @param quarantined the items in quarantine
   * @param waitUntil the end of its wait; null if it does not wait
   * @param waitReason the reason of its wait; null if it does not wait
   * @param holder the worker that holds its lease; null without one
   * @param lastError the last error; null without one since the last chunk
   * @param note the source's remark on the last completion; null without one
   * @param updatedAt its last change
   * @param completedAt its last completion; null before it
   * @param job its job; null if it is not tracked
   */
  public record Stream(
      String target,
      String source,
      String status,
      String phase,
      long processed,
      @Nullable Long total,
      long quarantined,
      @Nullable String waitUntil,
      @Nullable String waitReason,
      @Nullable String holder,
      @Nullable String lastError,
      @Nullable String note,
      String updatedAt,
      @Nullable String completedAt,
      @Nullable Schedule job) {}

  /**
   * The job of a backfill.
   *
   * @param state the state, in lower case
   * @param priority the urgency, in lower case
   * @param reason the reason for the next or present run
   * @param dueAt when it is due; null if it does not run by itself
   * @param attempts the failed runs in a row
   * @param placement the destination; null while that is not decided
   * @param events the latest events, oldest first; null in an overview
   */
  public record Schedule(
      String state,
      String priority,
      String reason,
      @Nullable String dueAt,
      int attempts,
      @Nullable String placement,
      @Nullable List<String> events) {}

  /**
   * Returns all backfills of the store, also those that other processes work on.
   *
   * @return the overview
   */
  @ReadOperation
  public Overview overview() {
    Map<BackfillKey, Job> jobs =
        store.jobs().list().stream().collect(Collectors.toMap(Job::key, Function.identity()));
    return new Overview(
        manager.worker(),
        manager.isRunning(),
        store.jobs().suspensions().stream().map(BackfillEndpoint::stop).toList(),
        store.progress().list().stream()
            .sorted(
                Comparator.comparing((Backfill each) -> each.key().target())
                    .thenComparing(each -> each.key().source()))
            .map(each -> stream(each, jobs.get(each.key()), null))
            .toList());
  }

  /**
   * Returns the backfills of a repository and the reasons for their state.
   *
   * @param target the parts of its name, such as {@code apache} and {@code kafka}
   * @return the backfills; null, which is "not found", if the store has none
   */
  @ReadOperation
  public @Nullable Target target(@Selector(match = Selector.Match.ALL_REMAINING) String[] target) {
    String name = String.join("/", target);
    Explanation explanation = manager.explain(name);
    return explanation.streams().isEmpty() ? null : target(name, explanation);
  }

  /**
   * Requests a change of a repository's backfills.
   *
   * @param target the parts of its name, such as {@code apache} and {@code kafka}
   * @param action the request
   * @param reason the reason, which is stored; null without one
   * @param actor the name of the user; null for that of the authenticated user, who has priority
   * @param security the authenticated user
   * @return the backfills afterwards
   */
  @WriteOperation
  public Target request(
      @Selector(match = Selector.Match.ALL_REMAINING) String[] target,
      Action action,
      // Spring Boot 3 knows no other annotation for a parameter that may be absent.
      @org.springframework.lang.Nullable String reason,
      @org.springframework.lang.Nullable String actor,
      SecurityContext security) {
    String name = String.join("/", target);
    try {
      RequestedBy by = new RequestedBy(actor(actor, security), reason);
      request(name, action, by);
    } catch (InvalidConfigurationException | IllegalArgumentException e) {
      throw new InvalidEndpointRequestException(e.getMessage(), e.getMessage(), e);
    }
    return target(name, manager.explain(name));
  }

  private void request(String name, Action action, RequestedBy by) {
    List<?> changed =
        switch (action) {
          case PAUSE -> manager.pause(name, by);
          case RESUME -> manager.resume(name, by);
          case CANCEL -> manager.cancel(name, by);
          case SYNC -> {
            manager.sync(name, by);
            yield List.of(name);
          }
        };
    if (changed.isEmpty()) {
      throw new InvalidConfigurationException(
          "\"%s\" is not tracked. Nothing was changed. Sync it to track it.".formatted(name));
    }
  }

  private static String actor(@Nullable String actor, SecurityContext security) {
    if (security.getPrincipal() != null) {
      return security.getPrincipal().getName();
    }
    return actor == null ? "actuator" : actor;
  }

  private static Target target(String name, Explanation explanation) {
    return new Target(
        name,
        explanation.streams().stream()
            .map(
                each ->
                    stream(
                        each.backfill(),
                        each.job(),
                        each.events().stream().map(BackfillEndpoint::line).toList()))
            .toList(),
        explanation.text());
  }

  private static String line(JobEvent event) {
    return event.at() + " " + lowerCase(event.kind()) + ": " + event.reason();
  }

  private static Stop stop(Suspension each) {
    return new Stop(each.subject(), each.reason(), each.actor(), text(each.until()));
  }

  private static Stream stream(
      Backfill backfill, @Nullable Job job, @Nullable List<String> events) {
    Decision.Wait waiting = backfill.waiting();
    Backfill.Counters counters = backfill.counters();
    return new Stream(
        backfill.key().target(),
        backfill.key().source(),
        lowerCase(backfill.status()),
        lowerCase(backfill.phase()),
        counters.processed(),
        counters.total().isKnown() ? counters.total().count() : null,
        counters.quarantined(),
        waiting == null ? null : text(waiting.until()),
        waiting == null ? null : waiting.reason(),
        backfill.holder(),
        backfill.lastError(),
        backfill.note(),
        backfill.updatedAt().toString(),
        text(backfill.completedAt()),
        job == null ? null : schedule(job, events));
  }

  private static Schedule schedule(Job job, @Nullable List<String> events) {
    Placement placement = job.placement();
    return new Schedule(
        lowerCase(job.state()),
        lowerCase(job.priority()),
        job.reason(),
        text(job.dueAt()),
        job.attempts(),
        placement == null ? null : placement.destination().name(),
        events);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
