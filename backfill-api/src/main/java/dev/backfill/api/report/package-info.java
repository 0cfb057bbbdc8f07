/** Who hears of a failure that a person has to act on. */
@NullMarked
package dev.backfill.api.report;

import org.jspecify.annotations.NullMarked;
