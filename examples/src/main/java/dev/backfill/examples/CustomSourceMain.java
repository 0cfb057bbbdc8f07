package dev.backfill.examples;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.memory.InMemoryProgressStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A custom source: an archive of numbered letters. The cursor is the number of the last letter
 * read, with a version.
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
    try (BackfillEngine engine = BackfillEngine.builder(new InMemoryProgressStore()).build()) {
      BackfillSpec<Letter> job =
          new BackfillSpec<>(
              new LetterArchive(),
              "attic",
              (letters, transaction) -> {
                System.out.printf(
                    "%s to %s%n", letters.get(0), letters.get(letters.size() - 1).number());
                return new SinkCounts(letters.size(), 0);
              });
      SliceResult result = engine.runSlice(job, SliceLimits.UNLIMITED);
      System.out.printf("%s: %s%n", job.key(), result.counts());
    }
  }

  /** An item of the archive. */
  record Letter(int number, String text) {}

  /** A source of 130 letters in order. */
  static final class LetterArchive implements PullSource<Letter> {

    private static final String VERSION = "v1:";
    private static final int LAST = 130;

    @Override
    public String name() {
      return "archive:letters";
    }

    @Override
    public SourceSession<Letter> open(String target, Cursor from) {
      return new Reading(
          from.isStart() ? 0 : Integer.parseInt(from.value().substring(VERSION.length())));
    }

    @Override
    public String itemKey(Letter letter) {
      return String.valueOf(letter.number());
    }

    private static final class Reading implements SourceSession<Letter> {
      private int done;

      Reading(int done) {
        this.done = done;
      }

      @Override
      public Chunk<Letter> next(int size, long reserve) {
        int end = Math.min(done + size, LAST);
        List<Letter> letters =
            IntStream.rangeClosed(done + 1, end)
                .mapToObj(number -> new Letter(number, "Dear reader, ..."))
                .toList();
        done = end;
        return new Chunk<>(letters, List.of(), new Cursor(VERSION + done), done == LAST, 0);
      }

      @Override
      public @Nullable Quota quota() {
        return null;
      }

      @Override
      public Total total() {
        return Total.exact(LAST);
      }

      @Override
      public void close() {}
    }
  }
}
