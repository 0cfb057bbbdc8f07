/** The one place where databases differ. */
@NullMarked
package dev.backfill.jdbc.internal.dialect;

import org.jspecify.annotations.NullMarked;
