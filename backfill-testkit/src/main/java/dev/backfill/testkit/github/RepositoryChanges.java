package dev.backfill.testkit.github;

import java.time.Instant;

/** The part of {@link SimulatedRepository} that changes what is there. */
abstract class RepositoryChanges {

  /** What can change. */
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
   * 404, a query for them an error, and the repository has {@code has_pull_requests: false}. What
   * was there is there again when they are switched on.
   *
   * @param on false to switch them off
   */
  public void switchPullRequests(boolean on) {
    pullRequestsOn = on;
  }

  /**
   * Switches issues off: everything under {@code /issues} answers an error, and the repository has
   * {@code has_issues: false}.
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

  /** Whether pull requests are on. */
  boolean hasPullRequests() {
    return pullRequestsOn;
  }

  /** What is answered instead of issues; 0 while they are on. */
  int issuesStatus() {
    return issuesStatus;
  }

  /** Which pull request has a number. */
  abstract int index(int number);

  /**
   * Changes a pull request: it gets another title, and now, or a second after its last change where
   * that is later, as its time of change.
   *
   * @param number its number
   * @throws IllegalArgumentException when no pull request has this number
   */
  public void touch(int number) {
    changeable().pullRequests().touch(index(number), now(), true);
  }

  /**
   * Deletes a pull request with all that belongs to it, as GitHub does with those of spammers.
   *
   * @param number its number
   * @throws IllegalArgumentException when no pull request has this number
   */
  public synchronized void deletePullRequest(int number) {
    index(number);
    changeable().deletions().add(number);
  }

  /**
   * Adds a review, submitted now, to a pull request, which is changed by it.
   *
   * @param number the pull request's number
   * @return the review's id
   * @throws IllegalArgumentException when no pull request has this number
   */
  public long addReview(int number) {
    return addReviews(number, 1);
  }

  /**
   * Adds reviews, submitted now, to a pull request, which is changed by them.
   *
   * @param number the pull request's number
   * @param more how many; at least 1
   * @return the last one's id
   * @throws IllegalArgumentException when no pull request has this number
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
   * @param n which one of those that are there, from 0
   * @throws IllegalArgumentException when there is no such pull request or review
   */
  public synchronized void deleteReview(int number, int n) {
    changeable().reviews().delete(index(number), n);
  }

  /**
   * Adds a comment on a line, written now, to a pull request, which is changed by it.
   *
   * @param number the pull request's number
   * @return the comment's id
   * @throws IllegalArgumentException when no pull request has this number
   */
  public synchronized long addReviewComment(int number) {
    index(number);
    ReviewComments comments = changeable().reviewComments();
    long position = comments.add(number, now());
    commentedOn(number);
    return comments.at(position).githubId();
  }

  /**
   * Adds a comment, written now, to the conversation of a pull request, which is changed by it.
   *
   * @param number the pull request's number
   * @return the comment's id
   * @throws IllegalArgumentException when no pull request has this number
   */
  public synchronized long addIssueComment(int number) {
    index(number);
    IssueComments comments = changeable().issueComments();
    long position = comments.add(number, now());
    commentedOn(number);
    return comments.at(position).githubId();
  }

  /**
   * Changes the text of a comment on a line now, or a second after its last change where that is
   * later. Its pull request stays as it is.
   *
   * @param id the comment's id
   * @throws IllegalArgumentException when there is none
   */
  public synchronized void touchReviewComment(long id) {
    changeable().reviewComments().touch(id, now());
  }

  /**
   * Changes the text of a comment in a conversation now, or a second after its last change where
   * that is later. Its issue or pull request stays as it is.
   *
   * @param id the comment's id
   * @throws IllegalArgumentException when there is none
   */
  public synchronized void touchIssueComment(long id) {
    changeable().issueComments().touch(id, now());
  }

  private void commentedOn(int number) {
    changeable().pullRequests().touch(index(number), now(), false);
  }
}
