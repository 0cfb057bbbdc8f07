/**
 * Orchestration: jobs with their triggers, schedules and destinations, and the dispatch to other
 * destinations.
 */
@NullMarked
package dev.backfill.api.job;

import org.jspecify.annotations.NullMarked;
