/**
 * GitHub as a source of history, over its REST and GraphQL APIs.
 *
 * <p>{@link dev.backfill.github.GitHub} is the connection. Its methods return sources for an
 * engine, such as {@link dev.backfill.github.GitHub#pullRequests}.
 *
 * <p>{@link dev.backfill.github.GitHubPlanner} estimates the cost of a history before it is read.
 *
 * <p>The client guarantees:
 *
 * <ul>
 *   <li>Full pages are read oldest first, for any chunk size.
 *   <li>The client never waits for a limit of GitHub, never breaks one twice, and reports it with
 *       its end.
 *   <li>The token is sent only to the API's own address.
 * </ul>
 */
@NullMarked
package dev.backfill.github;

import org.jspecify.annotations.NullMarked;
