/** Which jobs are to run, and what has happened to them, in tables. */
@NullMarked
package dev.backfill.jdbc.internal.jobs;

import org.jspecify.annotations.NullMarked;
