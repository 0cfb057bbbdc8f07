/** Built-in policies: chunk sizes, and delays after failures. */
@NullMarked
package dev.backfill.core.policy;

import org.jspecify.annotations.NullMarked;
