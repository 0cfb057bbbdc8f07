package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.job.Suspension;
import dev.backfill.core.manager.BackfillManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * The health: down only if the store is lost or the manager's loop is dead. Limits, waits and
 * failures of single repositories are details. Costs one small query.
 */
final class BackfillHealth {

  private static final int MAX_WAITS = 10;

  private final BackfillStore store;
  private final BackfillManager manager;
  private final ObjectProvider<BackfillLifecycle> lifecycle;
  private final WaitWatch watch;

  BackfillHealth(
      BackfillStore store,
      BackfillManager manager,
      ObjectProvider<BackfillLifecycle> lifecycle,
      WaitWatch watch) {
    this.store = store;
    this.manager = manager;
    this.lifecycle = lifecycle;
    this.watch = watch;
  }

  /**
   * A state of health, for the types of either version.
   *
   * @param up false if an operator has to act
   * @param details the details, with texts and lists only
   */
  record State(boolean up, Map<String, Object> details) {}

  State state() {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("worker", manager.worker());
    BackfillLifecycle started = lifecycle.getIfUnique();
    boolean dead = started != null && started.isLoopDead();
    details.put("loop", dead ? "ended" : loop(started));
    try {
      suspensions(details);
    } catch (BackfillException e) {
      details.put("error", e.getMessage());
      return new State(false, details);
    }
    waits(details);
    if (dead) {
      details.put("error", "The manager's loop has ended. No job runs here. Restart.");
    }
    return new State(!dead, details);
  }

  private String loop(@Nullable BackfillLifecycle started) {
    if (started != null && !started.hasLoop()) {
      return "none";
    }
    return manager.isRunning() ? "running" : "not started";
  }

  private void suspensions(Map<String, Object> details) {
    List<Suspension> suspensions = store.jobs().suspensions();
    List<Map<String, Object>> listed = new ArrayList<>();
    for (Suspension each : suspensions) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("subject", each.subject());
      entry.put("reason", each.reason());
      if (each.until() != null) {
        entry.put("until", each.until().toString());
      }
      listed.add(entry);
    }
    if (!listed.isEmpty()) {
      details.put("suspensions", listed);
    }
  }

  private void waits(Map<String, Object> details) {
    Instant now = Instant.now();
    List<Map<String, Object>> listed =
        watch.waits().stream()
            .filter(wait -> wait.until().isAfter(now))
            .limit(MAX_WAITS)
            .map(BackfillHealth::entry)
            .toList();
    if (!listed.isEmpty()) {
      details.put("waits", listed);
    }
  }

  private static Map<String, Object> entry(BackfillEvent.Waiting wait) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("backfill", wait.key().toString());
    entry.put("until", wait.until().toString());
    entry.put("reason", wait.reason());
    return entry;
  }
}
