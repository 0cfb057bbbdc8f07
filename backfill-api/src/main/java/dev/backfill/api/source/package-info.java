/**
 * Sources of items: a {@link dev.backfill.api.source.PullSource}, opened at a {@link
 * dev.backfill.api.source.Cursor}, delivers {@link dev.backfill.api.source.Chunk}s.
 */
@NullMarked
package dev.backfill.api.source;

import org.jspecify.annotations.NullMarked;
