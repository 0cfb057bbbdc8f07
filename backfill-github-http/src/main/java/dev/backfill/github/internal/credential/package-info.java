/** Tokens: a pool of them, the App's, and permits for requests. */
@NullMarked
package dev.backfill.github.internal.credential;

import org.jspecify.annotations.NullMarked;
