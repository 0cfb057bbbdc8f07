/** Tables of jobs, their events and suspensions. */
@NullMarked
package dev.backfill.jdbc.internal.jobs;

import org.jspecify.annotations.NullMarked;
