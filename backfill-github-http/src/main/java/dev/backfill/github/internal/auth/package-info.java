/** What proves to GitHub who asks: keys, and the secrets that no text may show. */
@NullMarked
package dev.backfill.github.internal.auth;

import org.jspecify.annotations.NullMarked;
