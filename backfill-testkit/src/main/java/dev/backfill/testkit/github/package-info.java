/**
 * A simulated GitHub: real HTTP on the loopback interface, with pages, limits and latency like
 * GitHub's.
 */
@NullMarked
package dev.backfill.testkit.github;

import org.jspecify.annotations.NullMarked;
