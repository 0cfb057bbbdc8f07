/** JSON of the simulated servers. */
@NullMarked
package dev.backfill.testkit.json;

import org.jspecify.annotations.NullMarked;
