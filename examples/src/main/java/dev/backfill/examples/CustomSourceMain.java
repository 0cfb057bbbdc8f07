package dev.backfill.examples;

import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.Sources;
import dev.backfill.core.Sources.Page;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A source of a host's own: an archive of letters. The cursor is the number of letters before a
 * page.
 */
public final class CustomSourceMain {

  private CustomSourceMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    try (BackfillEngine engine = BackfillEngine.builder(new InMemoryStore().progress()).build()) {
      BackfillSpec<String> job =
          new BackfillSpec<>(
              letters(),
              "attic",
              (items, transaction) -> {
                System.out.printf("%s to %s%n", items.get(0), items.get(items.size() - 1));
                return new SinkCounts(items.size(), 0);
              });
      SliceResult result = engine.runSlice(job, SliceLimits.UNLIMITED);
      System.out.printf("%s: %s%n", job.key(), result.counts());
    }
  }

  static PullSource<String> letters() {
    List<String> archive = IntStream.rangeClosed(1, 130).mapToObj(n -> "letter " + n).toList();
    // snippet: own-source
    PullSource<String> letters =
        Sources.paged(
            "archive:letters",
            (target, cursor, size) -> {
              int begin = cursor == null ? 0 : Integer.parseInt(cursor);
              int end = Math.min(begin + size, archive.size());
              String next = end == archive.size() ? null : String.valueOf(end);
              return Page.of(archive.subList(begin, end), next);
            });
    // snippet end
    return letters;
  }
}
