package dev.backfill.testkit.github;

/**
 * What the parts of a simulation share.
 *
 * @param quotas what is left
 * @param faults what goes wrong
 * @param traffic what has arrived
 * @param callers who may ask
 * @param apps gives tokens to an app
 * @param concurrentRequests who asks at once
 * @param repositories what there is
 * @param actions runs workflows
 * @param issues has issues
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
