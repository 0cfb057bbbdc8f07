/** Readers of REST lists: by page, and by time of update. */
@NullMarked
package dev.backfill.github.internal.rest;

import org.jspecify.annotations.NullMarked;
