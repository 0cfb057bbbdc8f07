/** Enrichment: details and reviews for the items of a page, several at once. */
@NullMarked
package dev.backfill.github.internal.enrich;

import org.jspecify.annotations.NullMarked;
