package dev.backfill.api.store;

import dev.backfill.api.source.Cursor;
import java.time.Instant;
import java.util.UUID;

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
 * @param measures size and cost
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
    ChunkCommit.Measures measures,
    String worker,
    long fence,
    Instant committedAt) {}
