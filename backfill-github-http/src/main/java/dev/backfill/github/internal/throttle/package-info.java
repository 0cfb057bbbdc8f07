/** Limits of a principal: gates, points a minute, requests at once. */
@NullMarked
package dev.backfill.github.internal.throttle;

import org.jspecify.annotations.NullMarked;
