package dev.backfill.testkit.github;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Timestamps;
import java.time.Instant;

/** The comments on all issues and pull requests, in the order of creation. */
final class IssueComments implements Rows {

  private final World world;
  private final Spread spread;

  IssueComments(World world, double average) {
    this.world = world;
    this.spread = new Spread(world.mix(), Mix.Use.ISSUE_COMMENT, Numbering.BLOCK, average);
  }

  @Override
  public long size() {
    return spread.before(world.lastNumber());
  }

  @Override
  public Instant updatedAt(long position) {
    int owner = spread.owner(position);
    int n = (int) (position - spread.before(owner));
    return timestamps(position, owner, n).updatedAt();
  }

  /** How many an issue or pull request has. */
  int count(int number) {
    return spread.count(number - 1);
  }

  IssueComment at(long position) {
    int owner = spread.owner(position);
    int n = (int) (position - spread.before(owner));
    int number = owner + 1;
    return new IssueComment(
        world.repository().get(),
        world.ids().issueComment(position),
        number,
        world.numbering().index(number) >= 0,
        People.author(world.mix(), Mix.Use.ISSUE_COMMENT, position),
        world.prose().comment(Mix.Use.ISSUE_COMMENT, position),
        timestamps(position, owner, n));
  }

  private Timestamps timestamps(long position, int owner, int n) {
    return Edits.timestamps(
        world.mix(),
        Mix.Use.ISSUE_COMMENT,
        position,
        world.within(owner + 1, n, spread.count(owner)));
  }
}
