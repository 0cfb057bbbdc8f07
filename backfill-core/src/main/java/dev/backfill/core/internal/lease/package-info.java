/** Leases that are renewed and watched while a slice runs; not exported. */
@NullMarked
package dev.backfill.core.internal.lease;

import org.jspecify.annotations.NullMarked;
