/**
 * GitHub as a source of history, over its REST API.
 *
 * <p>{@link dev.backfill.github.GitHub} is the connection. Its methods return sources for an
 * engine, such as {@link dev.backfill.github.GitHub#pullRequests}.
 *
 * <p>{@link dev.backfill.github.GitHubPlanner} computes what a history costs before it is read.
 *
 * <p>What is promised: full pages are read oldest first, whatever the size of the chunks; a limit
 * of GitHub's is never waited for, never broken twice, and reported with the time at which it ends;
 * the token goes to the API's own address and nowhere else.
 */
@NullMarked
package dev.backfill.github;

import org.jspecify.annotations.NullMarked;
