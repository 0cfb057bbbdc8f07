/** Built-in policies: how large a chunk is, and how long to wait after a failure. */
@NullMarked
package dev.backfill.core.policy;

import org.jspecify.annotations.NullMarked;
