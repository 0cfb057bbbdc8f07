package dev.backfill.testkit.github;

/**
 * What the parts of a simulation share.
 *
 * @param quotas what is left
 * @param faults what goes wrong
 * @param traffic what has arrived
 * @param callers who may ask
 * @param repositories what there is
 * @param ordering in which order
 */
record Parts(
    Quotas quotas,
    Faults faults,
    Traffic traffic,
    Callers callers,
    Repositories repositories,
    Ordering ordering) {}
