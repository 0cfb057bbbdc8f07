/** A store without a database, for tests, dry runs and hosts that keep no progress. */
@NullMarked
package dev.backfill.core.memory;

import org.jspecify.annotations.NullMarked;
