package dev.backfill.testkit.github;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What goes wrong next. Safe for any number of threads. */
final class Faults {

  private final Queue<UnaryOperator<Answer>> next = new ArrayDeque<>();
  private final Set<Integer> poisoned = ConcurrentHashMap.newKeySet();

  synchronized void add(UnaryOperator<Answer> fault) {
    next.add(fault);
  }

  /** The fault for a request, which is then over; null when nothing goes wrong. */
  synchronized @Nullable UnaryOperator<Answer> take() {
    return next.poll();
  }

  void poison(int number) {
    poisoned.add(number);
  }

  void heal(int number) {
    poisoned.remove(number);
  }

  boolean isPoisoned(int number) {
    return poisoned.contains(number);
  }

  /** The answer of a server that fails: a page for people where a gateway answers. */
  static Answer failure(int status) {
    return status >= 502 && status <= 504
        ? Answer.html(status, "This page is taking too long to load.")
        : Answer.message(status, "Server Error");
  }
}
