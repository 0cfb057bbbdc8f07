package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.http.GitHubApi;
import java.util.concurrent.ExecutorService;

/**
 * What the sessions of one client share.
 *
 * @param api asks GitHub
 * @param directory knows the repositories
 * @param executor runs what is done beside the calling thread
 * @param hands how many items are completed at once
 * @param ahead how many pages each session fetches ahead
 * @param pages how many items a page is asked for
 */
public record Workplace(
    GitHubApi api,
    RepositoryDirectory directory,
    ExecutorService executor,
    Hands hands,
    Lookahead.Bounds ahead,
    PageSizes pages) {}
