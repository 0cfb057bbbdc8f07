package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.Repository;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All pull requests, in the order of creation. */
final class PullRequests implements Rows {

  private static final int DAY = 24 * 3600;

  private final World world;
  private final Deletions deletions;
  private final IssueComments issueComments;
  private final ItemChanges itemChanges = new ItemChanges();

  PullRequests(World world, Deletions deletions, IssueComments issueComments) {
    this.world = world;
    this.deletions = deletions;
    this.issueComments = issueComments;
  }

  @Override
  public long size() {
    return world.pullRequests().getAsInt();
  }

  @Override
  public long version() {
    return size() + (itemChanges.changes() + deletions.count() << 32);
  }

  @Override
  public Instant updatedAt(long position) {
    return times(world.numbering().number((int) position)).updatedAt();
  }

  @Override
  public boolean hasGaps() {
    return !deletions.isEmpty();
  }

  @Override
  public int comments(long position) {
    return issueComments.count(number((int) position));
  }

  @Override
  public boolean isIn(long position, String state) {
    int number = number((int) position);
    if (deletions.has(number)) {
      return false;
    }
    boolean open = isOpen(number);
    return switch (state) {
      case "all" -> true;
      case "open" -> open;
      case "closed" -> !open;
      default -> {
        String one = open ? "OPEN" : times(number).mergedAt() == null ? "CLOSED" : "MERGED";
        yield List.of(state.split(" ")).contains(one);
      }
    };
  }

  int number(int position) {
    return world.numbering().number(position);
  }

  /** Sets a newer time of change for a pull request, and another title if it is edited. */
  void touch(int index, Instant now, boolean edits) {
    int number = number(index);
    itemChanges.touch(number, times(number).updatedAt(), now, edits);
  }

  /** Returns a pull request as a list contains it. */
  PullRequest at(int index) {
    int number = world.numbering().number(index);
    Repository repository = world.repository().get();
    SeededRandom random = world.random();
    ItemChanges.ItemChange touch = itemChanges.of(number);
    String title = world.prose().title(number);
    boolean open = isOpen(number);
    Times times = times(number);
    return PullRequest.builder()
        .repository(repository)
        .number(number)
        .githubId(world.ids().pullRequest(index))
        .htmlUrl(repository.htmlUrl() + "/pull/" + number)
        .title(touch == null ? title : touch.text(title))
        .body(world.prose().body(number))
        .author(Accounts.author(random, SeededRandom.Use.TEXT, number))
        .open(open)
        .draft(open && random.oneIn(5, SeededRandom.Use.STATE, number, 1))
        .createdAt(times.createdAt())
        .updatedAt(times.updatedAt())
        .closedAt(times.closedAt())
        .mergedAt(times.mergedAt())
        .headRef(
            "topic/" + random.below(1_000, SeededRandom.Use.BRANCH, number, 0) + "-of-" + number)
        .headSha(random.sha(number, 0))
        .baseRef(random.oneIn(15, SeededRandom.Use.BRANCH, number, 1) ? "release/2.x" : "main")
        .baseSha(random.sha(number, 1))
        .build();
  }

  /** Returns the details of a pull request, which lists do not contain. */
  Details details(int index, int comments, int reviewComments) {
    SeededRandom random = world.random();
    int number = world.numbering().number(index);
    boolean merged = times(number).mergedAt() != null;
    @Nullable Account mergedBy =
        merged ? Accounts.author(random, SeededRandom.Use.DETAILS, number) : null;
    return new Details(
        random.below(2_000, SeededRandom.Use.DETAILS, number, 0),
        random.below(800, SeededRandom.Use.DETAILS, number, 1),
        1 + random.below(40, SeededRandom.Use.DETAILS, number, 2),
        1 + random.below(12, SeededRandom.Use.DETAILS, number, 3),
        comments,
        reviewComments,
        mergedBy);
  }

  /** The times of a pull request. */
  private record Times(
      Instant createdAt,
      Instant updatedAt,
      @Nullable Instant closedAt,
      @Nullable Instant mergedAt) {}

  private Times times(int number) {
    SeededRandom random = world.random();
    Instant created = world.timeline().created(number);
    Instant closed = null;
    Instant merged = null;
    Instant updated = created;
    if (!world.timeline().isAddition(number)) {
      if (!isOpen(number)) {
        closed =
            created.plusSeconds(60 + random.below(20 * DAY, SeededRandom.Use.CLOSING, number, 0));
        merged = random.oneIn(4, SeededRandom.Use.CLOSING, number, 1) ? null : closed;
        updated = closed;
      }
      updated = updated.plusSeconds(random.below(10 * DAY, SeededRandom.Use.UPDATE, number, 0));
    }
    ItemChanges.ItemChange touch = itemChanges.of(number);
    return new Times(created, touch == null ? updated : touch.updatedAt(), closed, merged);
  }

  private boolean isOpen(int number) {
    return world.timeline().isAddition(number)
        || world.random().oneIn(12, SeededRandom.Use.STATE, number, 0);
  }
}
