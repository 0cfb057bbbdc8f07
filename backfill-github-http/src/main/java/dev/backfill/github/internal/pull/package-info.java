/** Sessions: pages, the place within them, and what further requests add to their items. */
@NullMarked
package dev.backfill.github.internal.pull;

import org.jspecify.annotations.NullMarked;
