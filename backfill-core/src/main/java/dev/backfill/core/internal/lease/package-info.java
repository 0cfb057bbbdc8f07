/** Leases: kept alive while a slice runs, and watched; not exported. */
@NullMarked
package dev.backfill.core.internal.lease;

import org.jspecify.annotations.NullMarked;
