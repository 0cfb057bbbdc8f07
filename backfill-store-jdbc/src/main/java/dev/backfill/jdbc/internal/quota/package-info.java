/** Limits that processes share, in a table. */
@NullMarked
package dev.backfill.jdbc.internal.quota;

import org.jspecify.annotations.NullMarked;
