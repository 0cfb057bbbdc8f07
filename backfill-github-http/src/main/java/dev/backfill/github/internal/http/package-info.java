/** One request to GitHub: what is sent, what may be sent, and what an answer means. */
@NullMarked
package dev.backfill.github.internal.http;

import org.jspecify.annotations.NullMarked;
