package dev.backfill.testkit.github;

import java.time.Instant;

/**
 * The times of an item.
 *
 * @param createdAt time of creation
 * @param updatedAt time of the last change
 */
record Timestamps(Instant createdAt, Instant updatedAt) {}
