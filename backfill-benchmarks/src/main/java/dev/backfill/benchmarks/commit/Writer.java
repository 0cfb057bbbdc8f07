package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.PullRequest;
import java.util.List;

/** A way to store pull requests in chunks, each with one commit. */
interface Writer {

  /**
   * Stores them.
   *
   * @param items the pull requests, each once
   * @param chunkSize how many to commit together
   * @throws Exception when they are not stored
   */
  void store(List<PullRequest> items, int chunkSize) throws Exception;
}
