package dev.backfill.testkit.github;

import dev.backfill.testkit.http.Response;
import java.time.Duration;
import java.util.Objects;

/** The part of {@link SimulatedGitHub} that causes faults. */
abstract class FaultControls {

  private final Parts parts;
  private final Faults faults;

  FaultControls(Parts parts) {
    this.parts = parts;
    this.faults = parts.faults();
  }

  /**
   * Fails the next requests. The faults of several calls add up and apply in order, one to each
   * request. A limited request meets none.
   *
   * @param count the number of requests
   * @param status the status, such as 500; 502, 503 and 504 have a page of HTML
   */
  public void failNext(int count, int status) {
    for (int i = 0; i < count; i++) {
      faults.add(response -> Faults.failure(status));
    }
  }

  /**
   * Answers one request wrongly. Several faults for one kind of request apply in order.
   *
   * @param endpoint the kind of request; the fault applies to the next one with a correct answer
   * @param how the wrong answer
   */
  public void answerNext(Endpoint endpoint, WrongAnswer how) {
    faults.answerNext(
        Objects.requireNonNull(endpoint, "endpoint"), Objects.requireNonNull(how, "how"));
  }

  /**
   * Answers a share of all requests with correct answers in one of the {@linkplain WrongAnswer
   * wrong ways}. The seed, the request and the number of its repetitions decide about each one. A
   * repeated request may therefore get its correct answer.
   *
   * @param perMille how many of 1,000 requests, from 0 to 1,000; 0 ends it
   * @param seed the seed of the choice
   * @throws IllegalArgumentException if {@code perMille} is out of range
   */
  public void answerWrongly(int perMille, long seed) {
    if (perMille < 0 || perMille > 1_000) {
      throw new IllegalArgumentException(
          "perMille is " + perMille + "; it must be from 0 to 1,000");
    }
    faults.answerWrongly(perMille, seed);
  }

  /** Cuts the connection in the middle of the next answer. */
  public void truncateNext() {
    faults.add(response -> response.delivered(Response.Delivery.CUT));
  }

  /** Closes the connection instead of answering the next request. */
  public void dropNext() {
    faults.add(response -> response.delivered(Response.Delivery.DROPPED));
  }

  /** Leaves the next request without an answer until its client hangs up. */
  public void stallNext() {
    faults.add(response -> response.delivered(Response.Delivery.STALLED));
  }

  /**
   * Fails a pull request always, in every repository. Over REST its details answer 502. A GraphQL
   * query fails if it selects more of it than its number and ids, alone or in a page.
   *
   * @param number its number
   */
  public void poison(int number) {
    faults.poison(number);
  }

  /**
   * Answers GraphQL queries with null instead of a pull request, alone or in a page, in every
   * repository. An error names its path. The rest of the query is correct, and so is REST.
   *
   * @param number its number
   */
  public void brokenNode(int number) {
    faults.breakNode(number);
  }

  /**
   * Refuses a pull request permanently, in every repository: over REST its details answer this
   * status. Lists and queries are correct.
   *
   * @param number its number
   * @param status the status, such as 403 or 422
   */
  public void refuseDetails(int number, int status) {
    faults.refuse(number, status);
  }

  /**
   * Answers every GraphQL query with a status, like a server that has no GraphQL or refuses the
   * token for it. With 200 the answer is that of a server whose schema lacks a field.
   *
   * @param status the status, such as 404, 401, 502 or 200; 0 ends it
   */
  public void graphqlRefuses(int status) {
    faults.refuseQueries(status);
  }

  /**
   * Ends the effect of {@link #poison}, {@link #brokenNode} and {@link #refuseDetails}.
   *
   * @param number the pull request's number
   */
  public void heal(int number) {
    faults.heal(number);
  }

  /**
   * Fails every GraphQL query for more pull requests in a page, as if it took too long.
   *
   * @param items max page size that is answered; {@link Integer#MAX_VALUE} ends it
   * @param status 502 or 504
   */
  public void graphqlFailsAbove(int items, int status) {
    faults.failAbove(items, Faults.failure(status));
  }

  /**
   * Cuts the connection in the middle of every answer to a GraphQL query for more pull requests in
   * a page. A proxy that limits the size of answers does the same.
   *
   * @param items max page size that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void graphqlIsCutAbove(int items) {
    faults.failAbove(items, Faults.failure(200).delivered(Response.Delivery.CUT));
  }

  /**
   * Answers every GraphQL page of more pull requests with 200, null instead of each of them, and an
   * error {@code RESOURCE_LIMITS_EXCEEDED} for each. Their cursors are present.
   *
   * @param items max page size that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void graphqlResourceLimitAbove(int items) {
    faults.limitResourcesAbove(items, false);
  }

  /**
   * Answers every GraphQL page of more pull requests with 200, null instead of the repository, and
   * one error {@code RESOURCE_LIMITS_EXCEEDED} for the list. The repository is null because the
   * list cannot be.
   *
   * @param items max page size that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void graphqlResourceLimitNullsListAbove(int items) {
    faults.limitResourcesAbove(items, true);
  }

  /**
   * Sets the type of the error with which GraphQL limits a query with status 200.
   *
   * @param type {@code RATE_LIMITED}, the default, or {@code RATE_LIMIT}
   */
  public void graphqlLimitType(String type) {
    faults.limitType(Objects.requireNonNull(type, "type"));
  }

  /**
   * Answers the next request with the secondary limit: 403 and {@code Retry-After}. The limit
   * applies to all requests of its principal for the same resource until the given time has passed.
   *
   * @param retryAfter the duration; positive
   */
  public void limitNext(Duration retryAfter) {
    limitNext(Limit.of(retryAfter));
  }

  /**
   * Answers the next request of a limit's resource with that limit. The limit applies to all
   * requests of its principal for the same resource until it ends.
   *
   * @param limit the limit
   */
  public void limitNext(Limit limit) {
    parts.quotas().limitNext(Objects.requireNonNull(limit, "limit"));
  }

  /**
   * Answers requests for deeper pages of a REST list with 422, as GitHub does for large
   * repositories.
   *
   * @param last the last page that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void limitPages(int last) {
    faults.lastPage(last);
  }

  /**
   * Caps a list of a whole repository, as GitHub does for large repositories.
   *
   * <ul>
   *   <li>No page names a next or last page behind the cap, and a count in pages of one item ends
   *       there.
   *   <li>A page behind the cap is answered with 422.
   *   <li>With {@code since} the cap counts from that time.
   * </ul>
   *
   * @param list one of {@link Endpoint#PULL_REQUESTS}, {@link Endpoint#REVIEW_COMMENTS}, {@link
   *     Endpoint#ISSUE_COMMENTS}, or {@link Endpoint#REPOSITORY_LIST} for all plain lists
   * @param items the number of items before the cap, at least 1; {@link Integer#MAX_VALUE} ends it
   */
  public void capList(Endpoint list, int items) {
    if (items < 1) {
      throw new IllegalArgumentException("items is " + items + "; it must be at least 1");
    }
    faults.capList(Objects.requireNonNull(list, "list"), items);
  }

  /**
   * Adds to the count of a list: in pages of one item it names a last page behind its end.
   *
   * @param list one of those that {@link #capList} takes
   * @param more the number of items to add; 0 ends it
   */
  public void overcountList(Endpoint list, int more) {
    faults.overcount(Objects.requireNonNull(list, "list"), more);
  }

  /**
   * Fails every request with {@code since} for larger pages, as if it took too long.
   *
   * @param items max page size that is answered; {@link Integer#MAX_VALUE} ends it
   * @param status such as 502 or 504
   */
  public void sinceFailsAbove(int items, int status) {
    faults.failSinceAbove(items, Faults.failure(status));
  }

  /**
   * Answers 401 to a token from now on.
   *
   * @param token a token; may be one of an app's installation
   */
  public void revoke(String token) {
    parts.callers().revoke(Objects.requireNonNull(token, "token"));
  }
}
