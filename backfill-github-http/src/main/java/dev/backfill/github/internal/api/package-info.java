/** GitHub's REST and GraphQL interfaces: sends a request with a token, and reads the response. */
@NullMarked
package dev.backfill.github.internal.api;

import org.jspecify.annotations.NullMarked;
