package dev.backfill.github;

import dev.backfill.github.internal.credential.Threads;
import dev.backfill.github.internal.cursor.PageSizes;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The threads, HTTP client and page sizes of a client. A simulation passes its own, so that a seed
 * determines everything that happens.
 *
 * @param threads executors, which the client shuts down when it is closed
 * @param http sends requests; null to let the client create its own
 * @param pages the number of items to request for each page
 */
record ClientMachine(Threads threads, @Nullable HttpClient http, PageSizes pages) {

  static ClientMachine real() {
    return new ClientMachine(Threads.ofDaemons(), null, PageSizes.DEFAULT);
  }
}
