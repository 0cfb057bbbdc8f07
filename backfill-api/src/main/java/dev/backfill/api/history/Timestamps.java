package dev.backfill.api.history;

import java.time.Instant;

/**
 * When something was written and last changed.
 *
 * @param createdAt when it was written
 * @param updatedAt when it last changed; decides which of two copies is newer
 */
public record Timestamps(Instant createdAt, Instant updatedAt) {}
