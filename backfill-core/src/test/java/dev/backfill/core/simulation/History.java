package dev.backfill.core.simulation;

import java.util.ArrayList;
import java.util.List;

/** What happened, line by line; the same seed writes the same lines. */
final class History {

  private static final int SHOWN = 60;

  private final Scheduler scheduler;
  private final List<String> lines = new ArrayList<>();

  History(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  void add(String who, String what) {
    lines.add(scheduler.now() / 1_000_000 + " " + who + " " + what);
  }

  List<String> lines() {
    return lines;
  }

  String latest() {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
  }
}
