/**
 * Configuration from environment variables and from code, each value validated and its origin
 * known.
 */
@NullMarked
package dev.backfill.core.config;

import org.jspecify.annotations.NullMarked;
