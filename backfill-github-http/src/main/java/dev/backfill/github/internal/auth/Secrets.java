package dev.backfill.github.internal.auth;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** All tokens that are or were in use, so that none appears in a text. Thread-safe. */
public final class Secrets {

  /** An App gets a token an hour: these are the tokens of more than a week. */
  static final int MAX_PASSING = 200;

  private final List<String> lasting = new CopyOnWriteArrayList<>();
  private final Deque<String> passing = new ArrayDeque<>();

  /** Adds a secret that is in use as long as the client. */
  public void addLasting(String secret) {
    lasting.add(secret);
  }

  /** Adds a secret that is in use for a while; the oldest of these are dropped beyond a maximum. */
  public synchronized void addPassing(String secret) {
    passing.addLast(secret);
    while (passing.size() > MAX_PASSING) {
      passing.removeFirst();
    }
  }

  /** Returns the text without any of the secrets, in case a server has sent one back. */
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

  /** Returns the cause; null if it, or a cause of it, contains one of the secrets. */
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
