package dev.backfill.github.internal.cursor;

/** A place between two items, in the notation of what reads them. */
public sealed interface Position permits PagePosition, EdgePosition, TimePosition {}
