package dev.backfill.github.internal.repository;

import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.cursor.PageSizes;
import java.util.concurrent.ExecutorService;

/**
 * What the sessions of one client share.
 *
 * @param api asks GitHub
 * @param resolver knows the repositories
 * @param executor runs what is done beside the calling thread
 * @param concurrency how many items are completed at once
 * @param ahead how many pages each session fetches ahead
 * @param pages how many items a page is asked for
 */
public record SharedResources(
    GitHubApi api,
    RepositoryResolver resolver,
    ExecutorService executor,
    AdaptiveConcurrency concurrency,
    PagePrefetcher.Bounds ahead,
    PageSizes pages) {}
