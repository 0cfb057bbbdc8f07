/** What proves an adapter: contract tests to extend, and a time that a test moves by hand. */
@NullMarked
package dev.backfill.testkit;

import org.jspecify.annotations.NullMarked;
