package dev.backfill.api.store;

import dev.backfill.api.source.Cursor;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A chunk as it is stored: its items, size, cost and worker.
 *
 * @param number number of the chunk; from 1, without gaps
 * @param attemptId id of the attempt that stored it
 * @param items items that went to the sink; 0 or more
 * @param inserted items among them that were new; 0 or more
 * @param updated items among them that replaced an older copy; 0 or more
 * @param quarantined items that went to quarantine; 0 or more
 * @param before cursor at which the chunk begins
 * @param after cursor at which the next chunk begins
 * @param requestedSize items that the policy asked for; at least 1
 * @param sizeReason the policy's reason for this size
 * @param sizeBasis the inputs from which the policy computed the size, in its own format: {@link
 *     dev.backfill.api.policy.Decision.Proceed#basis()}; null if it kept none
 * @param quotaSpent units of quota that it cost; 0 or more
 * @param quotaRemaining units of quota that were left after it, or null if unknown
 * @param active the time that the work took, without any waiting
 * @param startedAt when the work began, on the worker's clock
 * @param worker owner of the lease
 * @param fence fence of the lease
 * @param committedAt time of the commit, on the store's clock
 */
public record CommittedChunk(
    long number,
    UUID attemptId,
    int items,
    int inserted,
    int updated,
    int quarantined,
    Cursor before,
    Cursor after,
    int requestedSize,
    String sizeReason,
    @Nullable String sizeBasis,
    long quotaSpent,
    @Nullable Long quotaRemaining,
    Duration active,
    Instant startedAt,
    String worker,
    long fence,
    Instant committedAt) {}
