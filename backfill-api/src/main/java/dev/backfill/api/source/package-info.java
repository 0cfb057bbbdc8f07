/**
 * Where items come from: a {@link dev.backfill.api.source.PullSource} opened at a {@link
 * dev.backfill.api.source.Cursor} hands out {@link dev.backfill.api.source.Chunk}s.
 */
@NullMarked
package dev.backfill.api.source;

import org.jspecify.annotations.NullMarked;
