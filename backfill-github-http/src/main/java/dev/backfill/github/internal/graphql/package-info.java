/** Reading by GraphQL: pages that shrink and grow, and what to do about those that break. */
@NullMarked
package dev.backfill.github.internal.graphql;

import org.jspecify.annotations.NullMarked;
