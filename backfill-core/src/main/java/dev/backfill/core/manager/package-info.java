/** The host's door: what is to run, when, where, and what happens when it fails. */
@NullMarked
package dev.backfill.core.manager;

import org.jspecify.annotations.NullMarked;
