/** The HTTP server of the simulated ones, whose answers can be cut, dropped and stalled. */
@NullMarked
package dev.backfill.testkit.http;

import org.jspecify.annotations.NullMarked;
