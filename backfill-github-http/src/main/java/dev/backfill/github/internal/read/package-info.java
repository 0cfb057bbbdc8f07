/** Interfaces that REST and GraphQL both implement: readers, items, strategies. */
@NullMarked
package dev.backfill.github.internal.read;

import org.jspecify.annotations.NullMarked;
