package dev.backfill.github.internal.http;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a stretch of requests may use and has used.
 *
 * @param reserve units that no request may go below
 * @param spent counts every request that left
 */
public record Budget(long reserve, LongAdder spent) {}
