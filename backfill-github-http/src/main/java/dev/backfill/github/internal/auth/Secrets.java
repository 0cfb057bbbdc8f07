package dev.backfill.github.internal.auth;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Knows every token that is or was in use, so that none appears in a text. Safe for any number of
 * threads.
 */
public final class Secrets {

  /** An App gets a token an hour: these are the ones of more than a week. */
  static final int MAX_PASSING = 200;

  private final List<String> lasting = new CopyOnWriteArrayList<>();
  private final Deque<String> passing = new ArrayDeque<>();

  /** Remembers what is in use as long as the client is. */
  public void addLasting(String secret) {
    lasting.add(secret);
  }

  /** Remembers what is in use for a while; the oldest of many are forgotten. */
  public synchronized void addPassing(String secret) {
    passing.addLast(secret);
    while (passing.size() > MAX_PASSING) {
      passing.removeFirst();
    }
  }

  /** The text without any of them, should a server have sent one back. */
  public String redact(String text) {
    String clean = text;
    for (String secret : lasting) {
      clean = clean.replace(secret, "***");
    }
    synchronized (this) {
      for (String secret : passing) {
        clean = clean.replace(secret, "***");
      }
    }
    return clean;
  }

  /** The cause, unless it or what caused it shows one of them. */
  public @Nullable Throwable shown(@Nullable Throwable cause) {
    for (Throwable next = cause; next != null; next = next.getCause()) {
      String text = String.valueOf(next);
      if (!redact(text).equals(text)) {
        return null;
      }
    }
    return cause;
  }

  @Override
  public String toString() {
    return "***";
  }
}
