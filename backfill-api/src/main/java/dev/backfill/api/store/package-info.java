/**
 * Stores of items and progress: a {@link dev.backfill.api.store.ProgressStore} commits each chunk,
 * its items and the cursor behind it in one transaction, for the holder of the newest lease only.
 */
@NullMarked
package dev.backfill.api.store;

import org.jspecify.annotations.NullMarked;
