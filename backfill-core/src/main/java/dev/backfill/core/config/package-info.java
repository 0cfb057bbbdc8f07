/**
 * Configuration from environment variables and from code. Each value is checked and holds its
 * origin.
 */
@NullMarked
package dev.backfill.core.config;

import org.jspecify.annotations.NullMarked;
