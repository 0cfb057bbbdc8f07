package dev.backfill.github.internal.pull;

/**
 * A version of a list that was read whole. As long as it is the present one, nothing has changed.
 *
 * @param path the list's path and query within the API
 * @param etag GitHub's name for the version
 */
public record SeenVersion(String path, String etag) {}
