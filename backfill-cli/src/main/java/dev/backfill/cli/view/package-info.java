/** Output of the commands: text, JSON and the screen of {@code status --watch}. */
@NullMarked
package dev.backfill.cli.view;

import org.jspecify.annotations.NullMarked;
