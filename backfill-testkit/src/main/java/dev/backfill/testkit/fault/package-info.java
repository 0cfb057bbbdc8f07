/** Faults at chosen JDBC calls, to test a program against a database that fails. */
@NullMarked
package dev.backfill.testkit.fault;

import org.jspecify.annotations.NullMarked;
