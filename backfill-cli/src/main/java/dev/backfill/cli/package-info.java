/**
 * The {@code backfill} command: it maps options to library calls and prints the results. The
 * library does retries, waits, leases and storage.
 */
@NullMarked
package dev.backfill.cli;

import org.jspecify.annotations.NullMarked;
