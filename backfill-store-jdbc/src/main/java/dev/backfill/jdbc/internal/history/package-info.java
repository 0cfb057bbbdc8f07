/** The tables of the pulled history. */
@NullMarked
package dev.backfill.jdbc.internal.history;

import org.jspecify.annotations.NullMarked;
