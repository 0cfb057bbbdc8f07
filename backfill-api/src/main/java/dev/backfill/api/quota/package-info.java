/** How much may still be asked of the API. */
@NullMarked
package dev.backfill.api.quota;

import org.jspecify.annotations.NullMarked;
