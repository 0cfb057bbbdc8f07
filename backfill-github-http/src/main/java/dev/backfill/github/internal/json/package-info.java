/** GitHub's JSON, read as a stream into the neutral history model. */
@NullMarked
package dev.backfill.github.internal.json;

import org.jspecify.annotations.NullMarked;
