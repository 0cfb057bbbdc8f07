/** The table of limits that processes share. */
@NullMarked
package dev.backfill.jdbc.internal.quota;

import org.jspecify.annotations.NullMarked;
