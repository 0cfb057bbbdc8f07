package dev.backfill.github.internal.cursor;

/** A position between two items, in the notation of its reader. */
public sealed interface Position permits PagePosition, EdgePosition, TimePosition, ListPosition {}
