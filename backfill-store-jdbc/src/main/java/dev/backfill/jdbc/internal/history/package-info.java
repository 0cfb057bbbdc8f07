/** The tables of the history. */
@NullMarked
package dev.backfill.jdbc.internal.history;

import org.jspecify.annotations.NullMarked;
