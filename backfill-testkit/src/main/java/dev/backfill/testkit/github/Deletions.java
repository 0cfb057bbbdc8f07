package dev.backfill.testkit.github;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The numbers of pull requests that are not there any more. Safe for any number of threads. */
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
