/** Options that several commands share. */
@NullMarked
package dev.backfill.cli.option;

import org.jspecify.annotations.NullMarked;
