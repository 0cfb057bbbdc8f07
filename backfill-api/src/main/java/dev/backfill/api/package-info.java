/** The whole of a store, made of the parts that the other packages describe. */
@NullMarked
package dev.backfill.api;

import org.jspecify.annotations.NullMarked;
