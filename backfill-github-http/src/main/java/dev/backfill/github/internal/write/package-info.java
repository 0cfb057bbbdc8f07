/** Writing to GitHub: dispatched workflows and issues of failures. */
@NullMarked
package dev.backfill.github.internal.write;

import org.jspecify.annotations.NullMarked;
