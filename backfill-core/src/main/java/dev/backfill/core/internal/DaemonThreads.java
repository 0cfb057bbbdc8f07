package dev.backfill.core.internal;

import java.util.concurrent.ThreadFactory;

/** Factory of threads that do not keep a program alive. */
public final class DaemonThreads {

  private DaemonThreads() {}

  /**
   * Returns a factory of daemon threads.
   *
   * @param name the threads' name
   * @return the factory
   */
  public static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
