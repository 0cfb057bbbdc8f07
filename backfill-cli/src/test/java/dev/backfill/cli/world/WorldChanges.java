package dev.backfill.cli.world;

import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.RepositoryView;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Changes a repository while it is read. */
final class WorldChanges {

  private static final int MAX_ADDED = 30;
  private static final int MAX_BURSTS = 2;
  private static final int BURST = 14;

  /** How many comments change in one second at most. */
  static final int MAX_IN_A_SECOND = BURST + BURST / 2 + 1;

  final Set<Integer> deleted = new HashSet<>();
  private final SimulatedRepository repository;
  private final RepositoryView view;
  private final ManualTimeSource time;
  private final Random random;
  private int added;
  private int bursts;

  WorldChanges(
      SimulatedRepository repository, RepositoryView view, ManualTimeSource time, Random random) {
    this.repository = repository;
    this.view = view;
    this.time = time;
    this.random = random;
  }

  /** Changes something, and returns what. */
  String change() {
    // GitHub's times are whole seconds, and two versions of an item have two of them.
    time.advance(Duration.ofMillis(1_000 + random.nextInt(500)));
    List<Integer> numbers =
        view.pullRequests().keySet().stream().map(Integer::valueOf).sorted().toList();
    int kind = random.nextInt(13);
    if (kind == 0 || numbers.isEmpty()) {
      return add();
    }
    int number = numbers.get(random.nextInt(numbers.size()));
    switch (kind) {
      case 1, 2, 3, 4 -> {
        int one = kind == 1 ? number : numbers.get(random.nextInt(Math.min(8, numbers.size())));
        repository.deletePullRequest(one);
        deleted.add(one);
        return "delete " + one;
      }
      case 5, 6 -> {
        repository.touch(number);
        return "edit " + number;
      }
      case 7 -> {
        repository.addReviews(number, random.nextInt(5) == 0 ? 12 : 1);
        return "review " + number;
      }
      case 8 -> {
        if (view.reviews(number) == 0) {
          return "nothing";
        }
        repository.deleteReview(number, random.nextInt(view.reviews(number)));
        return "delete a review of " + number;
      }
      case 9 -> {
        if (random.nextBoolean()) {
          repository.addReviewComment(number);
        } else {
          repository.addIssueComment(number);
        }
        return "comment on " + number;
      }
      case 12 -> {
        return burst(numbers);
      }
      case 10 -> {
        return edit(view.reviewComments().keySet(), repository::touchReviewComment);
      }
      default -> {
        return edit(view.issueComments().keySet(), repository::touchIssueComment);
      }
    }
  }

  /** Changes more than a page of things, comments within one second. */
  private String burst(List<Integer> numbers) {
    if (bursts++ >= MAX_BURSTS) {
      return "nothing";
    }
    if (random.nextBoolean()) {
      numbers.forEach(repository::touch);
      return "edit all " + numbers.size();
    }
    for (int i = 0; i < BURST; i++) {
      int number = numbers.get(random.nextInt(numbers.size()));
      if (i % 2 == 0) {
        view.reviewComments().keySet().stream()
            .sorted()
            .skip(i)
            .findFirst()
            .ifPresent(id -> repository.touchReviewComment(Long.parseLong(id)));
      }
      repository.addIssueComment(number);
      repository.addReviewComment(number);
    }
    return "burst of " + BURST;
  }

  private String add() {
    if (added >= MAX_ADDED) {
      return "nothing";
    }
    int more = 1 + random.nextInt(3);
    added += more;
    repository.addPullRequests(more);
    // They are created a second apart.
    time.advance(Duration.ofSeconds(more));
    return "add " + more;
  }

  private String edit(Set<String> ids, java.util.function.LongConsumer touch) {
    if (ids.isEmpty()) {
      return "nothing";
    }
    String id = ids.stream().sorted().skip(random.nextInt(ids.size())).findFirst().orElseThrow();
    touch.accept(Long.parseLong(id));
    return "edit comment " + id;
  }
}
