/** HTTP to one address: proxies, TLS, bounded bodies, links, errors. */
@NullMarked
package dev.backfill.github.internal.transport;

import org.jspecify.annotations.NullMarked;
