/**
 * Failures as one sealed hierarchy. Every failure that crosses the SPI is one of these, and its
 * class alone decides the engine's reaction.
 */
@NullMarked
package dev.backfill.api.failure;

import org.jspecify.annotations.NullMarked;
