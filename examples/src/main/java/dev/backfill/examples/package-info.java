/**
 * Small runnable mains, one a feature. Each takes no arguments, needs no network and no database
 * server, and ends within a minute or two.
 */
@NullMarked
package dev.backfill.examples;

import org.jspecify.annotations.NullMarked;
