/** Reading by GraphQL: pages that shrink and grow, and the handling of broken ones. */
@NullMarked
package dev.backfill.github.internal.graphql;

import org.jspecify.annotations.NullMarked;
