/** The table of reported failures. */
@NullMarked
package dev.backfill.jdbc.internal.report;

import org.jspecify.annotations.NullMarked;
