/** Parsers of GitHub's JSON, which stream into the neutral history model. */
@NullMarked
package dev.backfill.github.internal.json;

import org.jspecify.annotations.NullMarked;
