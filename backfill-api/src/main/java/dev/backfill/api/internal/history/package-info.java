/**
 * The tables of the history, defined once for all stores that have them. Open to these stores only.
 */
@NullMarked
package dev.backfill.api.internal.history;

import org.jspecify.annotations.NullMarked;
