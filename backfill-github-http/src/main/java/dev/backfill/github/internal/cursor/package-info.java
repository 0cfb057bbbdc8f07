/** Cursors: where a session continues, as values and as text. */
@NullMarked
package dev.backfill.github.internal.cursor;

import org.jspecify.annotations.NullMarked;
