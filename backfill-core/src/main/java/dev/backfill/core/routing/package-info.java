/** Rules for the destinations of jobs, as data, and a share by a stable hash. */
@NullMarked
package dev.backfill.core.routing;

import org.jspecify.annotations.NullMarked;
