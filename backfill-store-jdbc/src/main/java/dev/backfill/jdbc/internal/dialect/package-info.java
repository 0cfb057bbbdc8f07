/** The differences between databases. */
@NullMarked
package dev.backfill.jdbc.internal.dialect;

import org.jspecify.annotations.NullMarked;
