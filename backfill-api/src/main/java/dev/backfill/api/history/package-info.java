/**
 * The neutral history model: what a source produces and a store keeps, without knowing each other.
 */
@NullMarked
package dev.backfill.api.history;

import org.jspecify.annotations.NullMarked;
