/**
 * Progress, leases and history in a database; {@link dev.backfill.jdbc.JdbcStore} is the entry
 * point.
 */
@NullMarked
package dev.backfill.jdbc;

import org.jspecify.annotations.NullMarked;
