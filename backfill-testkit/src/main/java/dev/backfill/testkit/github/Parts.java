package dev.backfill.testkit.github;

/**
 * The shared parts of a simulation.
 *
 * @param quotas the quotas of principals
 * @param faults the faults of the next requests
 * @param traffic the counts of requests
 * @param callers the valid tokens
 * @param apps the tokens of an app
 * @param concurrentRequests the counts of concurrent requests
 * @param repositories the repositories
 * @param actions the workflows and their runs
 * @param issues the issues
 */
record Parts(
    Quotas quotas,
    Faults faults,
    Traffic traffic,
    Callers callers,
    AppTokens apps,
    ConcurrentRequests concurrentRequests,
    Repositories repositories,
    SimulatedActions actions,
    SimulatedIssues issues) {}
