package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.Placement;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.fault.FaultyDataSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a look at the database costs, however many jobs there are. */
class LookStatementsTest {

  private static final int MAX = 4;
  private static final int COMPARISON_OF_CLOCKS = 1;

  private final JdbcDataSource database = new JdbcDataSource();
  private FaultyDataSource calls;
  private JdbcStore store;

  @BeforeEach
  void install() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    calls = new FaultyDataSource(database);
    store = JdbcStore.open(calls.dataSource());
    store.installSchema();
  }

  @Test
  void aLookThatFindsNothingDueAsksFourTimesAtMost() throws Exception {
    try (BackfillManager manager = manager().build()) {
      assertThat(look(manager)).isBetween(1L, (long) MAX);
    }
  }

  @Test
  void aLookAtManyParkedJobsAsksFourTimesAtMost() throws Exception {
    try (BackfillManager manager = manager().build()) {
      parkMany(manager);
      assertThat(look(manager)).isBetween(1L, (long) MAX);
    }
  }

  @Test
  void aSecondDestinationMakesALookNoDearer() throws Exception {
    try (BackfillManager manager =
        manager()
            .dispatcher(new Elsewhere())
            .router(request -> new Placement(Destination.LOCAL, "all is read here", false))
            .build()) {
      parkMany(manager);
      assertThat(look(manager)).isBetween(1L, (long) MAX);
    }
  }

  @Test
  void aWorkerElsewhereLooksAsCheaply() throws Exception {
    try (BackfillManager manager = manager().build()) {
      parkMany(manager);
    }
    try (BackfillManager worker = manager().destination(Destination.GITHUB_ACTIONS).build()) {
      assertThat(look(worker)).isBetween(1L, (long) MAX);
    }
  }

  @Test
  void manyRunsUnderWayMakeALookNoDearer() throws Exception {
    long few = lookAtRunsUnderWay(2);
    assertThat(lookAtRunsUnderWay(40)).isEqualTo(few);
  }

  /** The first look of a manager that finds so many more jobs at work elsewhere. */
  private long lookAtRunsUnderWay(int runs) throws Exception {
    try (BackfillManager manager =
        manager()
            .dispatcher(new Elsewhere())
            .router(
                request -> new Placement(Destination.GITHUB_ACTIONS, "all is read there", false))
            .build()) {
      for (int i = 0; i < runs; i++) {
        String target = "owner/of-" + runs + "-" + i;
        manager.track(target);
        Job job = store.jobs().find(new BackfillKey("test:limited", target)).orElseThrow();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        store
            .jobs()
            .update(
                job.withPlacement(new Placement(Destination.GITHUB_ACTIONS, "it is large", false))
                    .withDispatch(
                        Dispatch.requested("run-" + target, now)
                            .ranAs("1", "https://github.com/a/b/actions/runs/1")
                            .claimed(now)),
                List.of())
            .orElseThrow();
        store
            .progress()
            .claim(job.id(), new LeaseRequest("runner", "actions", Duration.ofMinutes(5), null));
      }
      long before = calls.executions();
      assertThat(manager.runDue().slices()).isZero();
      return calls.executions() - before;
    }
  }

  private BackfillManager.Builder manager() {
    return BackfillManager.builder(store.progress(), store.jobs())
        .parallelism(1)
        .source(new Limited(), (items, transaction) -> SinkCounts.NONE);
  }

  private void parkMany(BackfillManager manager) throws Exception {
    for (int i = 0; i < 60; i++) {
      manager.track("owner/name-" + i);
    }
    assertThat(manager.runDue().slices()).isPositive();
    manager.runDue();
  }

  /**
   * The first look of a manager also repairs what wrong clocks have left, as one look in ten
   * minutes does; each run compares the clocks once, before its first look.
   */
  private long look(BackfillManager manager) throws Exception {
    assertThat(manager.runDue().slices()).isZero();
    long before = calls.executions();
    assertThat(manager.runDue().slices()).isZero();
    return calls.executions() - before - COMPARISON_OF_CLOCKS;
  }

  /** The quota is used up for an hour. */
  private static final class Limited implements PullSource<IssueComment> {

    @Override
    public String name() {
      return "test:limited";
    }

    @Override
    public String itemKey(IssueComment item) {
      return Long.toString(item.githubId());
    }

    @Override
    public SourceSession<IssueComment> open(String target, Cursor from) {
      return new SourceSession<>() {
        @Override
        public Chunk<IssueComment> next(int size, long reserve) {
          throw RateLimitedException.primary(
              Instant.now().plus(1, ChronoUnit.HOURS), "the quota is used up");
        }

        @Override
        public @Nullable Quota quota() {
          return null;
        }

        @Override
        public Total total() {
          return Total.UNKNOWN;
        }

        @Override
        public void close() {}
      };
    }
  }

  private static final class Elsewhere implements Dispatcher {

    @Override
    public Destination destination() {
      return Destination.GITHUB_ACTIONS;
    }

    @Override
    public Dispatch dispatch(Dispatch request, String target, List<String> sources) {
      throw new AssertionError("nothing is large enough to be sent");
    }

    @Override
    public Run follow(Dispatch dispatch) {
      throw new AssertionError("nothing was sent");
    }
  }
}
