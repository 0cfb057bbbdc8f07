package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Branches;
import dev.backfill.api.history.PullRequest.Content;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.PullRequest.Identity;
import dev.backfill.api.history.PullRequest.Lifecycle;
import dev.backfill.api.history.PullRequest.State;
import dev.backfill.api.history.Repository;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** All pull requests, in the order of creation. */
final class PullRequests implements Rows {

  /** What a change has made of a pull request. */
  private record Touch(int revision, Instant updatedAt) {}

  private static final int DAY = 24 * 3600;

  private final World world;
  private final Map<Integer, Touch> touches = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  PullRequests(World world) {
    this.world = world;
  }

  @Override
  public long size() {
    return world.pullRequests().getAsInt();
  }

  @Override
  public long version() {
    return size() + (changes.get() << 32);
  }

  @Override
  public Instant updatedAt(long position) {
    return lifecycle(world.numbering().number((int) position)).updatedAt();
  }

  @Override
  public boolean isIn(long position, String state) {
    int number = number((int) position);
    boolean open = isOpen(number);
    return switch (state) {
      case "all" -> true;
      case "open" -> open;
      case "closed" -> !open;
      default -> {
        String one = open ? "OPEN" : lifecycle(number).mergedAt() == null ? "CLOSED" : "MERGED";
        yield List.of(state.split(" ")).contains(one);
      }
    };
  }

  int number(int position) {
    return world.numbering().number(position);
  }

  /** Gives a pull request a newer title and time of change. */
  void touch(int index, Instant now) {
    int number = world.numbering().number(index);
    Instant before = lifecycle(number).updatedAt();
    touches.compute(
        number,
        (key, old) -> {
          Instant newest = old == null ? before : old.updatedAt();
          Instant next = newest.plusSeconds(1);
          Instant at = now.truncatedTo(ChronoUnit.SECONDS);
          return new Touch(old == null ? 1 : old.revision() + 1, at.isAfter(next) ? at : next);
        });
    changes.incrementAndGet();
  }

  /** A pull request as a list shows it. */
  PullRequest at(int index) {
    int number = world.numbering().number(index);
    Repository repository = world.repository().get();
    Identity identity =
        new Identity(
            number, world.ids().pullRequest(index), repository.htmlUrl() + "/pull/" + number);
    return new PullRequest(
        repository, identity, content(number), lifecycle(number), branches(number), null, null);
  }

  /** What only the pull request itself shows. */
  Details details(int index, int comments, int reviewComments) {
    Mix mix = world.mix();
    int number = world.numbering().number(index);
    boolean merged = lifecycle(number).mergedAt() != null;
    @Nullable Account mergedBy = merged ? People.author(mix, Mix.Use.DETAILS, number) : null;
    return new Details(
        mix.below(2_000, Mix.Use.DETAILS, number, 0),
        mix.below(800, Mix.Use.DETAILS, number, 1),
        1 + mix.below(40, Mix.Use.DETAILS, number, 2),
        1 + mix.below(12, Mix.Use.DETAILS, number, 3),
        comments,
        reviewComments,
        mergedBy);
  }

  private Content content(int number) {
    Mix mix = world.mix();
    Touch touch = touches.get(number);
    String title = world.prose().title(number);
    boolean open = isOpen(number);
    return new Content(
        touch == null ? title : title + " (edited " + touch.revision() + ")",
        world.prose().body(number),
        People.author(mix, Mix.Use.TEXT, number),
        open ? State.OPEN : State.CLOSED,
        open && mix.oneIn(5, Mix.Use.STATE, number, 1));
  }

  private Lifecycle lifecycle(int number) {
    Mix mix = world.mix();
    Instant created = world.timeline().created(number);
    Instant closed = null;
    Instant merged = null;
    Instant updated = created;
    if (!world.timeline().isAddition(number)) {
      if (!isOpen(number)) {
        closed = created.plusSeconds(60 + mix.below(20 * DAY, Mix.Use.CLOSING, number, 0));
        merged = mix.oneIn(4, Mix.Use.CLOSING, number, 1) ? null : closed;
        updated = closed;
      }
      updated = updated.plusSeconds(mix.below(10 * DAY, Mix.Use.UPDATE, number, 0));
    }
    Touch touch = touches.get(number);
    return new Lifecycle(created, touch == null ? updated : touch.updatedAt(), closed, merged);
  }

  private boolean isOpen(int number) {
    return world.timeline().isAddition(number) || world.mix().oneIn(12, Mix.Use.STATE, number, 0);
  }

  private Branches branches(int number) {
    Mix mix = world.mix();
    String head = "topic/" + mix.below(1_000, Mix.Use.BRANCH, number, 0) + "-of-" + number;
    String base = mix.oneIn(15, Mix.Use.BRANCH, number, 1) ? "release/2.x" : "main";
    return new Branches(head, mix.sha(number, 0), base, mix.sha(number, 1));
  }
}
