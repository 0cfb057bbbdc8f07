package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.core.Sources.Page;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.RunOptions;
import dev.backfill.testkit.PullSourceContract;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcesTest {

  /** Returns a page of an archive of letters, whose cursor is the number of letters before it. */
  private static Page<String> page(List<String> letters, String cursor, int size) {
    int begin = cursor == null ? 0 : Integer.parseInt(cursor);
    int end = Math.min(begin + size, letters.size());
    return Page.of(letters.subList(begin, end), end == letters.size() ? null : "" + end);
  }

  private static List<String> letters(int count) {
    return new ArrayList<>(IntStream.range(0, count).mapToObj(n -> "letter " + n).toList());
  }

  private abstract static class Contract extends PullSourceContract<String> {

    private static final List<String> LETTERS = letters(230);

    @Override
    protected String target() {
      return "attic";
    }

    @Override
    protected List<String> expectedKeys() {
      return LETTERS;
    }

    @Override
    protected List<String> expectedItems() {
      return LETTERS;
    }
  }

  @Nested
  class PagesOfTheRequestedSize extends Contract {

    @Override
    protected PullSource<String> source() {
      return Sources.paged(
          "archive:letters", (target, cursor, size) -> page(Contract.LETTERS, cursor, size));
    }
  }

  @Nested
  class PagesOfTheApisOwnSize extends Contract {

    @Override
    protected PullSource<String> source() {
      return Sources.paged(
          "archive:letters", (target, cursor, size) -> page(Contract.LETTERS, cursor, 60));
    }
  }

  @Nested
  class PagesThatMayBeEmpty extends Contract {

    /** Every other page is empty, as an API's is that filters what it has fetched. */
    @Override
    protected PullSource<String> source() {
      return Sources.paged(
          "archive:letters",
          (target, cursor, size) ->
              cursor == null || cursor.startsWith("full ")
                  ? behindAnEmptyPage(cursor == null ? null : cursor.substring(5))
                  : Page.of(List.of(), "full " + cursor));
    }

    private Page<String> behindAnEmptyPage(String cursor) {
      return page(Contract.LETTERS, cursor, 9);
    }
  }

  @Test
  void whatIsAddedAtTheEndIsStoredByTheNextRun() throws Exception {
    List<String> archive = letters(90);
    List<String> stored = new ArrayList<>();
    PullSource<String> source =
        Sources.paged("archive:letters", (target, cursor, size) -> page(archive, cursor, 40));
    BackfillSpec<String> spec =
        new BackfillSpec<>(
            source,
            "attic",
            (items, transaction) -> {
              stored.addAll(items);
              return new dev.backfill.api.store.SinkCounts(items.size(), 0);
            });
    try (BackfillEngine engine = BackfillEngine.builder(new InMemoryStore().progress()).build()) {
      BackfillRunner runner = new BackfillRunner(engine);
      assertThat(run(runner, spec).counts().items()).isEqualTo(90);
      assertThat(run(runner, spec).counts().items()).isZero();
      archive.addAll(letters(130).subList(90, 130));
      JobResult later = run(runner, spec);
      assertThat(later.counts().items()).isEqualTo(40);
      assertThat(later.backfill().counters().processed()).isEqualTo(130);
    }
    assertThat(stored).containsExactlyElementsOf(letters(130));
  }

  private static JobResult run(BackfillRunner runner, BackfillSpec<?> spec) throws Exception {
    return runner.run(List.of(spec), RunOptions.DEFAULT).get(0);
  }

  @Test
  void anIoExceptionIsTriedAgainAtTheSamePlace() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    PullSource<String> source =
        Sources.paged(
            "archive:letters",
            (target, cursor, size) -> {
              if (calls.incrementAndGet() == 2) {
                throw new IOException("connection reset");
              }
              return page(letters(30), cursor, 10);
            });
    try (SourceSession<String> session = source.open("attic", Cursor.START)) {
      Chunk<String> first = session.next(10, 0);
      assertThatThrownBy(() -> session.next(10, 0))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("archive:letters", "attic", "connection reset");
      Chunk<String> second = session.next(10, 0);
      assertThat(first.items()).isEqualTo(letters(10));
      assertThat(second.items()).isEqualTo(letters(20).subList(10, 20));
    }
  }

  @Test
  void aCheckedExceptionEndsTheSliceAsFailed() {
    PullSource<String> source =
        Sources.paged(
            "archive:letters",
            (target, cursor, size) -> {
              throw new Exception("no such archive");
            });
    try (SourceSession<String> session = source.open("attic", Cursor.START)) {
      assertThatThrownBy(() -> session.next(10, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no such archive");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "p1:x", "p2:0", "p1:12345678901"})
  void aCursorOfAnotherSourceIsRefused(String text) {
    PullSource<String> source =
        Sources.paged("archive:letters", (target, cursor, size) -> Page.of(List.of(), null));
    assertThatThrownBy(() -> source.open("attic", new Cursor(text)))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("archive:letters", "Reload");
  }

  @Test
  void aNameThatNoStoreKeepsIsRefused() {
    assertThatThrownBy(() -> Sources.paged(" ", (target, cursor, size) -> Page.of(List.of(), null)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Page.of(List.of(), "x".repeat(4_001)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
