package dev.backfill.api.store;

import dev.backfill.api.source.RejectedItem;
import java.time.Instant;

/**
 * An item in quarantine.
 *
 * @param item its key, error and payload
 * @param attempts the number of times it was rejected; at least 1
 * @param firstSeenAt when it was first rejected, on the store's clock
 * @param lastSeenAt when it was last rejected, on the store's clock
 */
public record QuarantinedItem(
    RejectedItem item, int attempts, Instant firstSeenAt, Instant lastSeenAt) {}
