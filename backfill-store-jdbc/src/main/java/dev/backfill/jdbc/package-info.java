/**
 * Keeps progress, leases and pulled history in a database: {@link dev.backfill.jdbc.JdbcStore} is
 * the door.
 */
@NullMarked
package dev.backfill.jdbc;

import org.jspecify.annotations.NullMarked;
