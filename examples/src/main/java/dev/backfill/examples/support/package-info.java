/** Parts that the examples share: printing, and databases in the process. */
@NullMarked
package dev.backfill.examples.support;

import org.jspecify.annotations.NullMarked;
