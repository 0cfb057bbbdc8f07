/** Creation and upgrades of the tables. */
@NullMarked
package dev.backfill.jdbc.internal.schema;

import org.jspecify.annotations.NullMarked;
