/** Which failures people were told of, in a table. */
@NullMarked
package dev.backfill.jdbc.internal.report;

import org.jspecify.annotations.NullMarked;
