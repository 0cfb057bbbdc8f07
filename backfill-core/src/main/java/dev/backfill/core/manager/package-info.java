/** Orchestration for a host: which backfills run, when, where, and how failures are handled. */
@NullMarked
package dev.backfill.core.manager;

import org.jspecify.annotations.NullMarked;
