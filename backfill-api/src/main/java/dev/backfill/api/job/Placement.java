package dev.backfill.api.job;

/**
 * Where a job was decided to run.
 *
 * @param destination where
 * @param reason why there, in a few words; from 1 to 500 characters, without secrets
 * @param fallback whether another destination had failed it before
 */
public record Placement(Destination destination, String reason, boolean fallback) {}
