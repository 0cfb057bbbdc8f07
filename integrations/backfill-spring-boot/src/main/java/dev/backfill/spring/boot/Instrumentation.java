package dev.backfill.spring.boot;

import dev.backfill.core.BackfillEngine;
import dev.backfill.core.manager.BackfillManager;

/** The metrics of the engine and the manager that the auto-configuration builds. */
interface Instrumentation {

  /** Adds metrics to the engine's bean; the manager's engine has those of the manager. */
  void instrument(BackfillEngine.Builder engine);

  /** Adds metrics to the manager. */
  void instrument(BackfillManager.Builder manager);

  /** Adds the figures of the manager's jobs. */
  void bind(BackfillManager manager);
}
