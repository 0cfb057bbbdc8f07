package dev.backfill.testkit.github;

import java.time.Instant;

/** The part of {@link SimulatedRepository} that changes its items. */
abstract class RepositoryChanges {

  /** The items that can change. */
  record Changeable(
      PullRequests pullRequests,
      Reviews reviews,
      ReviewComments reviewComments,
      IssueComments issueComments,
      Deletions deletions) {}

  abstract Changeable changeable();

  abstract Instant now();

  private volatile boolean pullRequestsOn = true;
  private volatile int issuesStatus;

  /**
   * Switches pull requests on or off. While they are off, everything under {@code /pulls} answers
   * 404, a query for them returns an error, and the repository has {@code has_pull_requests:
   * false}. All earlier pull requests are present again after they are switched on.
   *
   * @param on false to switch them off
   */
  public void switchPullRequests(boolean on) {
    pullRequestsOn = on;
  }

  /**
   * Switches issues off. Everything under {@code /issues} then answers an error, and the repository
   * has {@code has_issues: false}.
   *
   * @param status the status of these answers: 404, or 410, which names the feature
   */
  public void switchIssuesOff(int status) {
    issuesStatus = status;
  }

  /** Switches issues on again. */
  public void switchIssuesOn() {
    issuesStatus = 0;
  }

  /** Returns true if pull requests are on. */
  boolean hasPullRequests() {
    return pullRequestsOn;
  }

  /** Returns the status of answers about issues; 0 while issues are on. */
  int issuesStatus() {
    return issuesStatus;
  }

  /** Returns the index of the pull request with a number. */
  abstract int index(int number);

  /**
   * Changes the title of a pull request. Its time of change becomes now, or a second after its last
   * change if that is later.
   *
   * @param number its number
   * @throws IllegalArgumentException if no pull request has this number
   */
  public void touch(int number) {
    changeable().pullRequests().touch(index(number), now(), true);
  }

  /**
   * Deletes a pull request with all its parts, as GitHub does with those of spammers.
   *
   * @param number its number
   * @throws IllegalArgumentException if no pull request has this number
   */
  public synchronized void deletePullRequest(int number) {
    index(number);
    changeable().deletions().add(number);
  }

  /**
   * Adds a review, submitted now, to a pull request, whose time of change moves too.
   *
   * @param number the pull request's number
   * @return the review's id
   * @throws IllegalArgumentException if no pull request has this number
   */
  public long addReview(int number) {
    return addReviews(number, 1);
  }

  /**
   * Adds reviews, submitted now, to a pull request, whose time of change moves too.
   *
   * @param number the pull request's number
   * @param more the number of reviews; at least 1
   * @return the last one's id
   * @throws IllegalArgumentException if no pull request has this number
   */
  public synchronized long addReviews(int number, int more) {
    if (more < 1) {
      throw new IllegalArgumentException("more is " + more + "; it must be at least 1");
    }
    int index = index(number);
    for (int i = 0; i < more; i++) {
      changeable().reviews().add(index, now());
    }
    commentedOn(number);
    return changeable().reviews().at(index, changeable().reviews().count(index) - 1).githubId();
  }

  /**
   * Deletes a review. The pull request keeps its time of change.
   *
   * @param number the pull request's number
   * @param n the index of the review among the current ones, from 0
   * @throws IllegalArgumentException if there is no such pull request or review
   */
  public synchronized void deleteReview(int number, int n) {
    changeable().reviews().delete(index(number), n);
  }

  /**
   * Adds a review comment, written now, to a pull request, whose time of change moves too.
   *
   * @param number the pull request's number
   * @return the comment's id
   * @throws IllegalArgumentException if no pull request has this number
   */
  public synchronized long addReviewComment(int number) {
    index(number);
    ReviewComments comments = changeable().reviewComments();
    long position = comments.add(number, now());
    commentedOn(number);
    return comments.at(position).githubId();
  }

  /**
   * Adds an issue comment, written now, to a pull request, whose time of change moves too.
   *
   * @param number the pull request's number
   * @return the comment's id
   * @throws IllegalArgumentException if no pull request has this number
   */
  public synchronized long addIssueComment(int number) {
    index(number);
    IssueComments comments = changeable().issueComments();
    long position = comments.add(number, now());
    commentedOn(number);
    return comments.at(position).githubId();
  }

  /**
   * Changes the text of a review comment now, or a second after its last change if that is later.
   * Its pull request does not change.
   *
   * @param id the comment's id
   * @throws IllegalArgumentException if there is no such comment
   */
  public synchronized void touchReviewComment(long id) {
    changeable().reviewComments().touch(id, now());
  }

  /**
   * Changes the text of an issue comment now, or a second after its last change if that is later.
   * Its issue or pull request does not change.
   *
   * @param id the comment's id
   * @throws IllegalArgumentException if there is no such comment
   */
  public synchronized void touchIssueComment(long id) {
    changeable().issueComments().touch(id, now());
  }

  private void commentedOn(int number) {
    changeable().pullRequests().touch(index(number), now(), false);
  }
}
