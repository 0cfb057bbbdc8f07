/** Sessions of a source: history, items by keys, listings of keys. */
@NullMarked
package dev.backfill.github.internal.session;

import org.jspecify.annotations.NullMarked;
