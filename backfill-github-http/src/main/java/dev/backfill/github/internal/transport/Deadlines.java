package dev.backfill.github.internal.transport;

import java.time.Duration;

/** The max times of an exchange: to connect, until the headers of the response, in total. */
public record Deadlines(Duration connect, Duration headers, Duration total) {}
