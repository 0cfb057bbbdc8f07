/** What commands print: as text, as JSON, on a screen. */
@NullMarked
package dev.backfill.cli.view;

import org.jspecify.annotations.NullMarked;
