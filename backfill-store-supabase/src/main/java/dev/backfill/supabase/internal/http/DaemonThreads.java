package dev.backfill.supabase.internal.http;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that keep neither the JVM nor the class loader of the host alive. */
final class DaemonThreads {

  private static final AtomicLong NUMBERS = new AtomicLong();

  private DaemonThreads() {}

  /** Returns a factory of daemon threads with a name and a number. */
  static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(null, task, name + "-" + NUMBERS.incrementAndGet(), 0, false);
      thread.setDaemon(true);
      // JVM threads that are started here inherit it, and may outlive the client.
      thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
      return thread;
    };
  }
}
