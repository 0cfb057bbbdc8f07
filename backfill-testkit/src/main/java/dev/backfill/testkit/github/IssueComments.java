package dev.backfill.testkit.github;

import dev.backfill.api.history.IssueComment;

/** The comments on all issues and pull requests, in the order of creation. */
final class IssueComments extends CommentRows {

  private final World world;
  private final Distribution distribution;

  IssueComments(World world, Deletions deletions, double average) {
    super(deletions);
    this.world = world;
    this.distribution =
        new Distribution(world.random(), SeededRandom.Use.ISSUE_COMMENT, Numbering.BLOCK, average);
  }

  @Override
  long derivedSize() {
    return distribution.before(world.lastNumber());
  }

  @Override
  int derivedNumber(long derived) {
    return distribution.owner(derived) + 1;
  }

  @Override
  Timestamps derivedTimestamps(long derived) {
    int owner = distribution.owner(derived);
    int n = (int) (derived - distribution.before(owner));
    return Edits.timestamps(
        world.random(),
        SeededRandom.Use.ISSUE_COMMENT,
        derived,
        world.within(owner + 1, n, distribution.count(owner)));
  }

  @Override
  long position(long id) {
    return world.ids().issueCommentPosition(id);
  }

  @Override
  int count(int number) {
    return distribution.count(number - 1) + additions().count(number);
  }

  IssueComment at(long position) {
    int number = number(position);
    Timestamps times = timestamps(position);
    return new IssueComment(
        world.repository().get(),
        world.ids().issueComment(position),
        number,
        world.numbering().index(number) >= 0,
        Accounts.author(world.random(), SeededRandom.Use.ISSUE_COMMENT, position),
        text(position, world.prose().comment(SeededRandom.Use.ISSUE_COMMENT, position)),
        times.createdAt(),
        times.updatedAt());
  }
}
