/** Workflows that are dispatched, and issues that are opened. */
@NullMarked
package dev.backfill.github.internal.write;

import org.jspecify.annotations.NullMarked;
