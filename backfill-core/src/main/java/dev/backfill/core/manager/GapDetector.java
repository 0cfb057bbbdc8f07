package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Priority;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.core.internal.CountDifference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The comparison of the stored items of tracked targets with those of their sources. */
final class GapDetector {

  private static final Logger LOG = LoggerFactory.getLogger(GapDetector.class);

  /** The time without a change after which a job that could run counts as abandoned. */
  private static final Duration SILENCE = Duration.ofMinutes(15);

  private final JobUpdater updater;
  private final JobTriggers triggers;
  private final HistorySizes sizes;
  private final double threshold;

  GapDetector(JobUpdater updater, JobTriggers triggers, HistorySizes sizes, double threshold) {
    this.updater = updater;
    this.triggers = triggers;
    this.sizes = sizes;
    this.threshold = threshold;
  }

  private record Missing(BackfillManager.Finding.Kind kind, String text) {}

  List<BackfillManager.Finding> detect() throws InterruptedException {
    Map<String, List<Job>> targets = new TreeMap<>();
    for (Job job : updater.jobs().list()) {
      targets.computeIfAbsent(job.key().target(), target -> new ArrayList<>()).add(job);
    }
    List<BackfillManager.Finding> findings = new ArrayList<>();
    for (Map.Entry<String, List<Job>> entry : targets.entrySet()) {
      detect(entry.getKey(), entry.getValue(), findings);
    }
    return List.copyOf(findings);
  }

  private void detect(String target, List<Job> jobs, List<BackfillManager.Finding> findings)
      throws InterruptedException {
    Map<BackfillKey, Job> known =
        jobs.stream().collect(Collectors.toMap(Job::key, Function.identity()));
    for (BackfillKey key : updater.registry().keys(target)) {
      Job job = known.get(key);
      Missing missing =
          job == null
              ? new Missing(
                  BackfillManager.Finding.Kind.EXTENDED, "the source is new for this target")
              : missing(job);
      if (missing != null) {
        findings.add(
            new BackfillManager.Finding(
                key,
                missing.kind(),
                missing.text(),
                missing.kind().isWork() && queue(key, missing)));
      }
    }
  }

  private boolean queue(BackfillKey key, Missing missing) {
    String reason = name(missing.kind()) + ": " + missing.text();
    return triggers.queue(key, new Trigger(Priority.DETECTED, reason));
  }

  private @Nullable Missing missing(Job job) throws InterruptedException {
    Backfill backfill = updater.progress().get(job.id());
    BackfillStatus status = backfill.status();
    if (status.isCompleted()) {
      return job.state() == JobState.IDLE ? missing(backfill) : null;
    }
    if (!status.isClaimable()) {
      return ended(BackfillManager.Finding.Kind.STOPPED, name(status), backfill);
    }
    if (backfill.startedAt() == null) {
      return new Missing(BackfillManager.Finding.Kind.NEVER_STARTED, "no worker has started it");
    }
    if (job.state() == JobState.FAILED) {
      return ended(BackfillManager.Finding.Kind.FAILED, "failed", backfill);
    }
    return isAbandoned(job, backfill)
        ? new Missing(
            BackfillManager.Finding.Kind.ABANDONED,
            String.format(
                Locale.ROOT,
                "%,d item(s) were read, and no worker has continued since %s",
                backfill.counters().processed(),
                backfill.updatedAt()))
        : null;
  }

  private boolean isAbandoned(Job job, Backfill backfill) {
    boolean held = backfill.isHeld();
    Instant until = backfill.waitsUntil();
    boolean waits = until != null && updater.now().isBefore(until.plus(SILENCE));
    return !held && !waits && backfill.updatedAt().plus(SILENCE).isBefore(updater.now());
  }

  private static Missing ended(BackfillManager.Finding.Kind kind, String how, Backfill backfill) {
    String error = backfill.lastError();
    return new Missing(
        kind,
        String.format(
            Locale.ROOT,
            "%s after %,d item(s)%s",
            how,
            backfill.counters().processed(),
            error == null ? "" : ": " + error));
  }

  private @Nullable Missing missing(Backfill backfill) throws InterruptedException {
    Total total = backfill.counters().total();
    long gaps = total.isKnown() ? total.count() - backfill.counters().processed() : 0;
    if (gaps > 0 || !backfill.verifyCursor().isStart()) {
      return new Missing(
          BackfillManager.Finding.Kind.GAPS,
          String.format(
              Locale.ROOT,
              "%,d item(s) that were listed are neither stored nor in quarantine",
              gaps));
    }
    Optional<HistorySizes.Counted> counted;
    try {
      counted = sizes.count(backfill);
    } catch (RateLimitedException e) {
      throw e;
    } catch (BackfillException e) {
      LOG.warn("{} could not be compared with its source: {}", backfill.key(), e.getMessage());
      return new Missing(BackfillManager.Finding.Kind.UNKNOWN, String.valueOf(e.getMessage()));
    }
    if (counted.isEmpty() || counted.get().stored().isEmpty()) {
      return null;
    }
    long stored = counted.get().stored().getAsLong() + CountDifference.tolerated(backfill.note());
    long existing = counted.get().available();
    if (stored >= existing * threshold) {
      return null;
    }
    String text =
        String.format(
            Locale.ROOT, "%,d of %,d item(s) are stored or in quarantine", stored, existing);
    return isKnownToHaveGaps(backfill)
        ? new Missing(BackfillManager.Finding.Kind.KNOWN_GAPS, text + ": " + backfill.note())
        : new Missing(BackfillManager.Finding.Kind.INCOMPLETE, text);
  }

  /**
   * Checks if the source has reported why it cannot return the rest, so that another fetch changes
   * nothing.
   */
  private static boolean isKnownToHaveGaps(Backfill backfill) {
    return backfill.status() == BackfillStatus.COMPLETED_WITH_GAPS && backfill.note() != null;
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
