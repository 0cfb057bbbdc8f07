/** The test kit for adapters: contract tests to extend, and a time source that a test controls. */
@NullMarked
package dev.backfill.testkit;

import org.jspecify.annotations.NullMarked;
