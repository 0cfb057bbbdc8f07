/** Built-in failure reporters. */
@NullMarked
package dev.backfill.core.report;

import org.jspecify.annotations.NullMarked;
