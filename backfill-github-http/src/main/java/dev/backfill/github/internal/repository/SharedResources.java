package dev.backfill.github.internal.repository;

import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.cursor.PageSizes;
import java.util.concurrent.ExecutorService;

/**
 * The resources that the sessions of one client share.
 *
 * @param api sends requests
 * @param resolver resolves repositories
 * @param executor runs work beside the calling thread
 * @param concurrency the number of items that are enriched at once
 * @param ahead the max amount of pages that each session fetches ahead
 * @param pages the number of items to request in a page
 */
public record SharedResources(
    GitHubApi api,
    RepositoryResolver resolver,
    ExecutorService executor,
    AdaptiveConcurrency concurrency,
    PagePrefetcher.Bounds ahead,
    PageSizes pages) {}
