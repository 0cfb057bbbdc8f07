/**
 * Small runnable mains, one for each feature. Each takes no arguments, needs no network and no
 * database server, and ends within two minutes.
 */
@NullMarked
package dev.backfill.examples;

import org.jspecify.annotations.NullMarked;
