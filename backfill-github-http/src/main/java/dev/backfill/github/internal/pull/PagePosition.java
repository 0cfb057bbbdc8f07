package dev.backfill.github.internal.pull;

import org.jspecify.annotations.Nullable;

/**
 * A place in a list: behind an item of a page.
 *
 * @param page path and query of the page within the API, as GitHub's link gave it
 * @param offset how many items of it are done
 * @param anchor GitHub's number of the last one that is done, or null when there is none or it
 *     cannot be read
 */
record PagePosition(String page, int offset, @Nullable Long anchor) implements Position {}
