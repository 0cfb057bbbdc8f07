package dev.backfill.jdbc;

import static dev.backfill.jdbc.History.T0;
import static dev.backfill.jdbc.History.pullRequest;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.testkit.ManualTimeSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Items that a real database refuses, through the engine. */
class PoisonItemTest {

  private static final List<String> POISON = List.of("1", "25", "26", "500", "501", "999", "1000");

  enum Kind {
    H2,
    POSTGRES;

    TestDatabase database() {
      return this == H2 ? TestDatabase.h2() : TestDatabase.postgres();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRetryStoresQuarantinedItemsOnceTheConstraintIsGone(Kind kind) throws Exception {
    TestDatabase database = kind.database();
    JdbcStore store = database.install();
    database.execute(
        "ALTER TABLE {pull_requests} ADD CONSTRAINT no_poison CHECK ("
            + POISON.stream().map(key -> "number <> " + key).collect(joining(" AND "))
            + ")");
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(new Numbers(), "owner/name", store.pullRequests());

    SliceResult result = run(store, job);

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(database.value("SELECT COUNT(*) FROM {pull_requests}")).isEqualTo("993");
    List<QuarantinedItem> quarantined = store.progress().quarantined(result.backfill().id(), 10);
    assertThat(quarantined)
        .extracting(each -> each.item().key())
        .containsExactlyInAnyOrderElementsOf(POISON);
    assertThat(quarantined)
        .allSatisfy(
            each -> {
              assertThat(each.item().error()).containsIgnoringCase("no_poison");
              assertThat(each.item().payload()).contains("number=" + each.item().key() + ",");
            });
    assertThat(database.value("SELECT SUM(item_count) FROM {backfill_chunks}")).isEqualTo("993");

    database.execute("ALTER TABLE {pull_requests} DROP CONSTRAINT no_poison");
    try (BackfillEngine engine = engine(store)) {
      SliceResult retried = engine.retryQuarantined(job);
      assertThat(retried.backfill().status()).isEqualTo(BackfillStatus.COMPLETED);
    }
    assertThat(database.value("SELECT COUNT(*) FROM {pull_requests}")).isEqualTo("1000");
    assertThat(database.value("SELECT COUNT(*) FROM {backfill_quarantine}")).isEqualTo("0");
  }

  @ParameterizedTest
  @EnumSource
  void aRehearsalLeavesNoRow(Kind kind) throws Exception {
    TestDatabase database = kind.database();
    JdbcStore store = database.install();
    database.execute("ALTER TABLE {pull_requests} ADD CHECK (number <> 2)");

    Lease lease = Chunks.claim(store.progress(), "worker");
    store.progress().tryWrite(lease, List.of(pullRequest(1, "a", T0)), store.pullRequests());
    assertThatThrownBy(
            () ->
                store
                    .progress()
                    .tryWrite(
                        lease,
                        List.of(pullRequest(1, "a", T0), pullRequest(2, "b", T0)),
                        store.pullRequests()))
        .isInstanceOf(PoisonItemException.class);

    assertThat(database.query("SELECT * FROM {pull_requests}")).isEmpty();
    assertThat(database.query("SELECT * FROM {accounts}")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aMissingTableQuarantinesNothing(Kind kind) throws Exception {
    TestDatabase database = kind.database();
    JdbcStore store = database.install();
    database.execute("DROP TABLE {accounts}");

    SliceResult result =
        run(store, new BackfillSpec<>(new Numbers(), "owner/name", store.pullRequests()));

    assertThat(result)
        .isInstanceOfSatisfying(
            SliceResult.Stopped.class,
            stopped -> assertThat(stopped.failure()).isInstanceOf(PermanentFailureException.class));
    assertThat(database.query("SELECT * FROM {backfill_quarantine}")).isEmpty();
    assertThat(database.query("SELECT * FROM {backfill_chunks}")).isEmpty();
  }

  private static SliceResult run(JdbcStore store, BackfillSpec<PullRequest> job) throws Exception {
    try (BackfillEngine engine = engine(store)) {
      return engine.runSlice(job, SliceLimits.UNLIMITED);
    }
  }

  private static BackfillEngine engine(JdbcStore store) {
    return BackfillEngine.builder(store.progress())
        .timeSource(new ManualTimeSource())
        .failureReporter(report -> {})
        .build();
  }

  /** A thousand pull requests. */
  private static final class Numbers implements PullSource<PullRequest> {

    @Override
    public String name() {
      return "test:pull-requests";
    }

    @Override
    public SourceSession<PullRequest> open(String target, Cursor from) {
      int first = from.isStart() ? 1 : Integer.parseInt(from.value());
      return new Session(IntStream.rangeClosed(first, 1_000).boxed().toList(), null);
    }

    @Override
    public Optional<SourceSession<PullRequest>> openByKeys(
        String target, List<String> keys, Cursor at) {
      return Optional.of(new Session(keys.stream().map(Integer::valueOf).toList(), at));
    }

    @Override
    public String itemKey(PullRequest item) {
      return Integer.toString(item.number());
    }
  }

  private static final class Session implements SourceSession<PullRequest> {

    private final List<Integer> numbers;
    private final @Nullable Cursor at;
    private int next;

    Session(List<Integer> numbers, @Nullable Cursor at) {
      this.numbers = numbers;
      this.at = at;
    }

    @Override
    public Chunk<PullRequest> next(int size, long reserve) {
      List<PullRequest> items =
          numbers.subList(next, Math.min(numbers.size(), next + size)).stream()
              .map(number -> pullRequest(number, "title " + number, T0))
              .toList();
      next += items.size();
      boolean last = next == numbers.size();
      Cursor place = at != null ? at : new Cursor(String.valueOf(last ? 1_001 : numbers.get(next)));
      return new Chunk<>(
          items, List.of(), place, last, 1, at == null ? Phase.HISTORY : Phase.RETRY);
    }

    @Override
    public @Nullable Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.exact(1_000);
    }

    @Override
    public void close() {}
  }
}
