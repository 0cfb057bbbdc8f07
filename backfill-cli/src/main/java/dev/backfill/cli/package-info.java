/**
 * The {@code backfill} command: options in, library calls, results out. Retries, waits, leases and
 * storage are the library's.
 */
@NullMarked
package dev.backfill.cli;

import org.jspecify.annotations.NullMarked;
