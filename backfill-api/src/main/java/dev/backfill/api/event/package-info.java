/** Sealed events for observers, sent after the fact, with progress and a forecast. */
@NullMarked
package dev.backfill.api.event;

import org.jspecify.annotations.NullMarked;
