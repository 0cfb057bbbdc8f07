/** A Spring Boot application with backfill. */
@NullMarked
package dev.backfill.examples.boot;

import org.jspecify.annotations.NullMarked;
