/**
 * The only access to clocks and sleeping, so that no code of the library waits for real time in a
 * test.
 */
@NullMarked
package dev.backfill.api.time;

import org.jspecify.annotations.NullMarked;
