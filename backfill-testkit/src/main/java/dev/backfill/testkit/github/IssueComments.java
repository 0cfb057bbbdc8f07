package dev.backfill.testkit.github;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Timestamps;

/** The comments on all issues and pull requests, in the order of creation. */
final class IssueComments extends CommentRows {

  private final World world;
  private final Spread spread;

  IssueComments(World world, Deletions deletions, double average) {
    super(deletions);
    this.world = world;
    this.spread = new Spread(world.mix(), Mix.Use.ISSUE_COMMENT, Numbering.BLOCK, average);
  }

  @Override
  long derivedSize() {
    return spread.before(world.lastNumber());
  }

  @Override
  int derivedNumber(long derived) {
    return spread.owner(derived) + 1;
  }

  @Override
  Timestamps derivedTimestamps(long derived) {
    int owner = spread.owner(derived);
    int n = (int) (derived - spread.before(owner));
    return Edits.timestamps(
        world.mix(),
        Mix.Use.ISSUE_COMMENT,
        derived,
        world.within(owner + 1, n, spread.count(owner)));
  }

  @Override
  long position(long id) {
    return world.ids().issueCommentPosition(id);
  }

  @Override
  int count(int number) {
    return spread.count(number - 1) + additions().count(number);
  }

  IssueComment at(long position) {
    int number = number(position);
    return new IssueComment(
        world.repository().get(),
        world.ids().issueComment(position),
        number,
        world.numbering().index(number) >= 0,
        People.author(world.mix(), Mix.Use.ISSUE_COMMENT, position),
        text(position, world.prose().comment(Mix.Use.ISSUE_COMMENT, position)),
        timestamps(position));
  }
}
