/** Authentication at GitHub: keys, and the secrets that no text may contain. */
@NullMarked
package dev.backfill.github.internal.auth;

import org.jspecify.annotations.NullMarked;
