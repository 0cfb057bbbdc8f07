/** Policies that decide before each chunk how large it is, or that the backfill has to wait. */
@NullMarked
package dev.backfill.api.policy;

import org.jspecify.annotations.NullMarked;
