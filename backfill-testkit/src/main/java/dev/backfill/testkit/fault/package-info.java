/** Faults at chosen JDBC calls: what a database does to a program on a bad day, on demand. */
@NullMarked
package dev.backfill.testkit.fault;

import org.jspecify.annotations.NullMarked;
