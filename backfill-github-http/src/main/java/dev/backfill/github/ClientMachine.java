package dev.backfill.github;

import dev.backfill.github.internal.credential.Threads;
import dev.backfill.github.internal.cursor.PageSizes;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * What a client takes from its machine. A simulation gives another one, so that a world is a
 * function of its seed.
 *
 * @param threads ended with the client
 * @param http sends requests; null for a client of its own
 * @param pages how many items a page is asked for
 */
record ClientMachine(Threads threads, @Nullable HttpClient http, PageSizes pages) {

  static ClientMachine real() {
    return new ClientMachine(Threads.ofDaemons(), null, PageSizes.DEFAULT);
  }
}
