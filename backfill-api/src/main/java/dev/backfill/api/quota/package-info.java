/** The quota of an API, and the limits that several processes share. */
@NullMarked
package dev.backfill.api.quota;

import org.jspecify.annotations.NullMarked;
