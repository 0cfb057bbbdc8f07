/** The client and the simulated GitHub, held against GitHub's own published descriptions. */
@org.jspecify.annotations.NullMarked
package dev.backfill.github.contract;
