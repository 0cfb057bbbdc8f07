/**
 * What can go wrong, as one sealed hierarchy: every failure that crosses the SPI is one of these,
 * and its class alone says what the engine does about it.
 */
@NullMarked
package dev.backfill.api.failure;

import org.jspecify.annotations.NullMarked;
