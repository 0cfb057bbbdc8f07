package dev.backfill.github.internal.transport;

import java.time.Duration;

/** How long an exchange may take: to connect, until the headers of the answer, in all. */
public record Deadlines(Duration connect, Duration headers, Duration total) {}
