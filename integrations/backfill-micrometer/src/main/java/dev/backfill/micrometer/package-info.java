/**
 * Meters and observations of backfills for Micrometer: {@link
 * dev.backfill.micrometer.BackfillMetrics} adds them to an engine or a manager.
 */
@NullMarked
package dev.backfill.micrometer;

import org.jspecify.annotations.NullMarked;
