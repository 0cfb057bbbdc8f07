package dev.backfill.github.internal.throttle;

import dev.backfill.github.internal.transport.ApiResource;

/**
 * The max speed of one principal.
 *
 * @param atOnce requests under way at once
 * @param queriesAtOnce GraphQL queries among them
 * @param restPoints points of REST requests in a minute; {@link #UNLIMITED} for any number
 * @param graphQlPoints points of queries in a minute; {@link #UNLIMITED} for any number
 */
public record ThrottleLimits(int atOnce, int queriesAtOnce, int restPoints, int graphQlPoints) {

  public static final int UNLIMITED = Integer.MAX_VALUE;

  int points(ApiResource resource) {
    return resource == ApiResource.GRAPHQL ? graphQlPoints : restPoints;
  }
}
