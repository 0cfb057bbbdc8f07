package dev.backfill.testkit.github;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The numbers of deleted pull requests. Safe for any number of threads. */
final class Deletions {

  private final Set<Integer> numbers = ConcurrentHashMap.newKeySet();

  void add(int number) {
    numbers.add(number);
  }

  boolean has(int number) {
    return numbers.contains(number);
  }

  int count() {
    return numbers.size();
  }

  boolean isEmpty() {
    return numbers.isEmpty();
  }

  Set<Integer> numbers() {
    return Set.copyOf(numbers);
  }
}
