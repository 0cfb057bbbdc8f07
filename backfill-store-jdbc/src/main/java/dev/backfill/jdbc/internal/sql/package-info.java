/** Transactions, statements, and what database errors mean. */
@NullMarked
package dev.backfill.jdbc.internal.sql;

import org.jspecify.annotations.NullMarked;
