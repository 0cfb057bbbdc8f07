package dev.backfill.api.job;

/**
 * The decision where a job runs.
 *
 * @param destination the destination
 * @param reason reason for the destination, in a few words; from 1 to 500 characters, without
 *     secrets
 * @param fallback true if another destination had failed to run it before
 */
public record Placement(Destination destination, String reason, boolean fallback) {}
