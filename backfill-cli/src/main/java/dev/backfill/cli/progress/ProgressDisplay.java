package dev.backfill.cli.progress;

import dev.backfill.api.event.BackfillListener;

/**
 * Display of a run's progress on standard error. It receives events on one thread and is closed
 * after the last of them.
 */
public interface ProgressDisplay extends BackfillListener, AutoCloseable {

  @Override
  void close();
}
