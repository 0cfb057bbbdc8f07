package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.PullRequest;
import java.util.List;

/** A way to store pull requests in chunks, each with one commit. */
interface Writer {

  /**
   * Stores pull requests.
   *
   * @param items the pull requests, each once
   * @param chunkSize the number of items in a commit
   * @throws Exception if they are not stored
   */
  void store(List<PullRequest> items, int chunkSize) throws Exception;
}
