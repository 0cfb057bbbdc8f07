package dev.backfill.github.internal.pull;

import org.jspecify.annotations.Nullable;

/**
 * A place in a GraphQL connection: behind an edge. It holds as long as the order of the connection
 * is the same, whatever is added or deleted.
 *
 * @param after GitHub's cursor of the last edge that is done, or null before the first one
 * @param pageSize how many items to ask for at once; from 1 to 100
 * @param patience after how many good pages more are asked for; positive
 */
public record EdgePosition(@Nullable String after, int pageSize, int patience)
    implements Position {}
