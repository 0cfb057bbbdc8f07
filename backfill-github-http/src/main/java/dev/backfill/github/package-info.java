/**
 * GitHub as a source of history, over its REST API.
 *
 * <p>Begin with {@link dev.backfill.github.GitHubClient#builder()}, and give the client to {@link
 * dev.backfill.github.GitHubSources}: each source there is a {@link
 * dev.backfill.api.source.PullSource} for an engine.
 *
 * <p>{@link dev.backfill.github.GitHubPlanner} says what a history costs before it is read.
 *
 * <p>What is promised: full pages are read oldest first, whatever the size of the chunks; a limit
 * of GitHub's is never waited for, never broken twice, and reported with the time at which it ends;
 * the token goes to the API's own address and nowhere else.
 */
@NullMarked
package dev.backfill.github;

import org.jspecify.annotations.NullMarked;
