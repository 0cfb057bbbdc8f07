/** What the examples share: printing, and databases that live in the process. */
@NullMarked
package dev.backfill.examples.support;

import org.jspecify.annotations.NullMarked;
