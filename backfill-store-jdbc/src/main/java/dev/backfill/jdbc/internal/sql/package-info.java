/** Transactions, statements, and the meaning of database errors. */
@NullMarked
package dev.backfill.jdbc.internal.sql;

import org.jspecify.annotations.NullMarked;
