package dev.backfill.testkit.github;

import java.time.Duration;
import java.util.Objects;

/** The part of {@link SimulatedGitHub} that makes things go wrong. */
abstract class FaultControls {

  private final Parts parts;
  private final Faults faults;

  FaultControls(Parts parts) {
    this.parts = parts;
    this.faults = parts.faults();
  }

  /**
   * Lets the next requests fail on the server. Faults that are asked for add up and are met in
   * order, one a request; a request that is limited meets none.
   *
   * @param count how many requests
   * @param status the status, such as 500; a page of HTML comes with 502, 503 and 504
   */
  public void failNext(int count, int status) {
    for (int i = 0; i < count; i++) {
      faults.add(response -> Faults.failure(status));
    }
  }

  /**
   * Lets one request be answered wrongly. Several for one kind of request are met in order.
   *
   * @param endpoint the kind of request; the next one that would be answered well meets it
   * @param how the way
   */
  public void answerNext(Endpoint endpoint, WrongAnswer how) {
    faults.answerNext(
        Objects.requireNonNull(endpoint, "endpoint"), Objects.requireNonNull(how, "how"));
  }

  /**
   * Lets a share of all requests that would be answered well be answered in one of the {@linkplain
   * WrongAnswer wrong ways}. Which requests, and how, depends on the seed, on what is asked, and on
   * how many times it was asked before; so the same request asked again may be answered well.
   *
   * @param perMille how many of a thousand requests, from 0 to 1,000; 0 ends it
   * @param seed decides which
   * @throws IllegalArgumentException when there are not so many in a thousand
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

  /** Ends the connection instead of answering the next request. */
  public void dropNext() {
    faults.add(response -> response.delivered(Response.Delivery.DROPPED));
  }

  /** Leaves the next request without an answer until its client hangs up. */
  public void stallNext() {
    faults.add(response -> response.delivered(Response.Delivery.STALLED));
  }

  /**
   * Lets a pull request fail always, in every repository: over REST its details answer 502, and so
   * does every GraphQL query that selects more of it than its number and ids, alone or in a page.
   *
   * @param number its number
   */
  public void poison(int number) {
    faults.poison(number);
  }

  /**
   * Lets GraphQL send null instead of a pull request, alone or in a page, with an error whose path
   * names it, in every repository. Everything else in the query is fine, and so is REST.
   *
   * @param number its number
   */
  public void brokenNode(int number) {
    faults.breakNode(number);
  }

  /**
   * Refuses a pull request for good, in every repository: over REST its details answer this status.
   * Lists and queries are fine.
   *
   * @param number its number
   * @param status the status, such as 403 or 422
   */
  public void refuseDetails(int number, int status) {
    faults.refuse(number, status);
  }

  /**
   * Answers every GraphQL query with a status, as a server does that has no queries, or refuses the
   * token for them. With 200 the answer is that of a server whose schema lacks a field.
   *
   * @param status the status, such as 404, 401, 502 or 200; 0 ends it
   */
  public void graphqlRefuses(int status) {
    faults.refuseQueries(status);
  }

  /**
   * Ends what {@link #poison}, {@link #brokenNode} and {@link #refuseDetails} began.
   *
   * @param number the pull request's number
   */
  public void heal(int number) {
    faults.heal(number);
  }

  /**
   * Lets every GraphQL query fail that asks for more pull requests in a page, as if it took too
   * long.
   *
   * @param items the largest page that is answered; {@link Integer#MAX_VALUE} ends it
   * @param status 502 or 504
   */
  public void graphqlFailsAbove(int items, int status) {
    faults.failAbove(items, Faults.failure(status));
  }

  /**
   * Ends the connection in the middle of every answer to a GraphQL query for more pull requests in
   * a page, as a proxy may that does not let much through.
   *
   * @param items the largest page that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void graphqlIsCutAbove(int items) {
    faults.failAbove(items, Faults.failure(200).delivered(Response.Delivery.CUT));
  }

  /**
   * Answers every GraphQL page of more pull requests with 200, null instead of each of them, and an
   * error {@code RESOURCE_LIMITS_EXCEEDED} for each. Their cursors are there.
   *
   * @param items the largest page that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void graphqlResourceLimitAbove(int items) {
    faults.limitResourcesAbove(items, false);
  }

  /**
   * Answers every GraphQL page of more pull requests with 200, null instead of the repository, as
   * the list in it cannot be null, and one error {@code RESOURCE_LIMITS_EXCEEDED} for the list.
   *
   * @param items the largest page that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void graphqlResourceLimitNullsListAbove(int items) {
    faults.limitResourcesAbove(items, true);
  }

  /**
   * How GraphQL names the error when a query is limited with a 200.
   *
   * @param type {@code RATE_LIMITED}, which it is at first, or {@code RATE_LIMIT}
   */
  public void graphqlLimitType(String type) {
    faults.limitType(Objects.requireNonNull(type, "type"));
  }

  /**
   * Answers the next request, and all for the same resource that come from the same principal in
   * the given time, with the secondary limit: 403 and {@code Retry-After}.
   *
   * @param retryAfter how long; positive
   */
  public void limitNext(Duration retryAfter) {
    limitNext(Limit.of(retryAfter));
  }

  /**
   * Answers the next request that a limit is for, and all for the same resource that come from the
   * same principal while it lasts, with that limit.
   *
   * @param limit the limit
   */
  public void limitNext(Limit limit) {
    parts.quotas().limitNext(Objects.requireNonNull(limit, "limit"));
  }

  /**
   * Answers 422 to requests for a page of a REST list that lies deeper, as GitHub does for large
   * repositories.
   *
   * @param last the last page that is answered; {@link Integer#MAX_VALUE} ends it
   */
  public void limitPages(int last) {
    faults.lastPage(last);
  }

  /**
   * Ends a list of a whole repository behind so many items, as GitHub does for large repositories:
   * no page names a next or last page behind the cap, a count in pages of one item ends there, too,
   * and a page behind it is answered 422. With {@code since} the cap counts from that time.
   *
   * @param list one of {@link Endpoint#PULL_REQUESTS}, {@link Endpoint#REVIEW_COMMENTS}, {@link
   *     Endpoint#ISSUE_COMMENTS}
   * @param items how many can be reached, at least 1; {@link Integer#MAX_VALUE} ends it
   */
  public void capList(Endpoint list, int items) {
    if (items < 1) {
      throw new IllegalArgumentException("items is " + items + "; it must be at least 1");
    }
    faults.capList(Objects.requireNonNull(list, "list"), items);
  }

  /**
   * Lets a list count too many items: in pages of one item it names a last page behind its end.
   *
   * @param list one of those that {@link #capList} takes
   * @param more how many too many; 0 ends it
   */
  public void overcountList(Endpoint list, int more) {
    faults.overcount(Objects.requireNonNull(list, "list"), more);
  }

  /**
   * Lets every request with {@code since} fail that asks for larger pages, as if it took too long.
   *
   * @param items the largest page that is answered; {@link Integer#MAX_VALUE} ends it
   * @param status such as 502 or 504
   */
  public void sinceFailsAbove(int items, int status) {
    faults.failSinceAbove(items, Faults.failure(status));
  }

  /**
   * Answers 401 to a token from now on.
   *
   * @param token a token, of an app's installation too
   */
  public void revoke(String token) {
    parts.callers().revoke(Objects.requireNonNull(token, "token"));
  }
}
