package dev.backfill.github.internal.read;

import java.time.Instant;

/**
 * The times of an item.
 *
 * @param createdAt time of creation
 * @param updatedAt time of the last change
 */
public record Timestamps(Instant createdAt, Instant updatedAt) {}
