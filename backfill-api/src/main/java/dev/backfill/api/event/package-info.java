/** What an observer sees: sealed events after the fact, with progress and the time that is left. */
@NullMarked
package dev.backfill.api.event;

import org.jspecify.annotations.NullMarked;
