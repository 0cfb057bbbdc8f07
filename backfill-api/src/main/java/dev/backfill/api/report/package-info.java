/** Reports of failures that a user or operator has to act on. */
@NullMarked
package dev.backfill.api.report;

import org.jspecify.annotations.NullMarked;
