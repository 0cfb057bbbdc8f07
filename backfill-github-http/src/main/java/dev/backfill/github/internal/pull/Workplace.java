package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.http.GitHubApi;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/**
 * What the sessions of one client share.
 *
 * @param api asks GitHub
 * @param directory knows the repositories
 * @param executor runs what is done beside the calling thread
 * @param hands as many permits as items may be completed at once
 * @param concurrency the same number
 */
public record Workplace(
    GitHubApi api,
    RepositoryDirectory directory,
    ExecutorService executor,
    Semaphore hands,
    int concurrency) {}
