package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent.SliceEnded;
import dev.backfill.api.event.Progress;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.cli.view.StatusText;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.policy.FailureBudget;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The counters of a backfill, and all that is shown of them, agree with its rows. */
class CountersTest {

  private static final String TARGET = ShiftingComments.TARGET;

  private final JdbcDataSource database = new JdbcDataSource();

  /** A slice for each look at the counters, so that they are also seen while rows come back. */
  @Test
  void removedRowsThatAreFetchedAgainCountOnce() throws Exception {
    SimulatedRepository repository =
        SimulatedRepository.builder(TARGET).pullRequests(200).reviews(0).build();
    JdbcStore store = open();
    AtomicReference<Progress> shown = new AtomicReference<>();
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start();
        GitHub client = GitHub.builder().apiUrl(github.url()).build();
        BackfillManager manager =
            BackfillManager.builder(store.progress(), store.jobs())
                .source(client.pullRequests(Set.of()), store.pullRequests())
                .listener(
                    event -> {
                      if (event instanceof SliceEnded ended) {
                        shown.set(ended.progress());
                      }
                    })
                .build()) {
      manager.track(TARGET);
      manager.runDue();
      assertThat(status(store.progress())).contains(" 200 of 200 ");
      execute(
          "DELETE FROM pull_requests WHERE number IN"
              + " (SELECT number FROM pull_requests ORDER BY number LIMIT 30)");
      manager.detectMissing();
      try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
        BackfillSpec<PullRequest> job =
            new BackfillSpec<>(client.pullRequests(Set.of()), TARGET, store.pullRequests());
        for (int slice = 0; slice < 3; slice++) {
          engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(1));
          assertThat(status(store.progress())).contains(" 200 of 200 ");
        }
      }
      manager.runDue();
      assertThat(status(store.progress())).contains("completed", " 200 of 200 ", "100.0 %");
    }
    assertThat(shown.get().processed()).isEqualTo(200);
    assertThat(shown.get().total().count()).isEqualTo(200);
  }

  static Stream<Arguments> histories() {
    return LongStream.rangeClosed(1, 25)
        .boxed()
        .flatMap(seed -> Stream.of(Arguments.of(true, seed), Arguments.of(false, seed)));
  }

  @ParameterizedTest(name = "JDBC {0}, seed {1}")
  @MethodSource("histories")
  void countersAgreeWithTheRowsWhateverHappens(boolean jdbc, long seed) throws Exception {
    Random random = new Random(seed);
    JdbcStore tables = open();
    ProgressStore store = jdbc ? tables.progress() : new InMemoryStore().progress();
    ShiftingComments source = new ShiftingComments(random, random.nextInt(60));
    Rows rows = jdbc ? new Table(database, tables.issueComments()) : new InMemoryTable();
    BackfillSpec<IssueComment> job = new BackfillSpec<>(source, TARGET, rows.sink());
    try (BackfillEngine engine =
        BackfillEngine.builder(store)
            .policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(5))
            .failureBudget(FailureBudget.ofItems(100_000))
            .build()) {
      for (int step = 0; step < 40; step++) {
        happen(random, source, rows);
        SliceResult result = work(random, engine, store, job);
        check(store, job, result, rows, seed + ", step " + step);
      }
    }
  }

  private static void happen(Random random, ShiftingComments source, Rows rows) throws Exception {
    int count = 1 + random.nextInt(8);
    switch (random.nextInt(8)) {
      case 0 -> source.add(count);
      case 1 -> source.edit(count);
      case 2 -> source.delete(count);
      case 3 -> source.refuse(count);
      case 4 -> source.accept();
      case 5 -> rows.remove(id -> random.nextInt(10) < count);
      default -> {}
    }
  }

  private static @Nullable SliceResult work(
      Random random, BackfillEngine engine, ProgressStore store, BackfillSpec<IssueComment> job)
      throws Exception {
    SliceLimits limits =
        random.nextBoolean()
            ? SliceLimits.UNLIMITED
            : SliceLimits.UNLIMITED.withMaxChunks(1 + random.nextInt(4));
    Backfill backfill = store.find(job.key()).orElse(null);
    switch (random.nextInt(8)) {
      case 0:
        return engine.verify(job, limits);
      case 1:
        return backfill == null ? null : engine.retryQuarantined(job, Set.of(), limits);
      case 2:
        if (backfill != null && random.nextInt(3) == 0) {
          store.reload(backfill.id(), RequestedBy.by("ann", "a restart"));
        }
        return null;
      case 3:
        if (backfill != null) {
          store.control(backfill.id(), Control.PAUSE);
          store.control(backfill.id(), Control.RESUME);
        }
        return null;
      default:
        return engine.runSlice(job, limits);
    }
  }

  private static void check(
      ProgressStore store,
      BackfillSpec<IssueComment> job,
      @Nullable SliceResult result,
      Rows rows,
      String when)
      throws Exception {
    Backfill backfill = store.find(job.key()).orElse(null);
    if (backfill == null) {
      return;
    }
    Backfill.Counters counters = backfill.counters();
    Set<String> quarantined = new HashSet<>();
    store.quarantined(backfill.id(), 10_000).forEach(item -> quarantined.add(item.item().key()));
    assertThat(counters.quarantined()).as("quarantined, %s", when).isEqualTo(quarantined.size());
    assertThat(StatusText.percent(backfill).orElse(0))
        .as("percent, %s", when)
        .isBetween(0.0, 100.0);
    // Nothing that ran since rows were removed by others has looked at them otherwise.
    boolean hasLooked = result != null && result.counts().chunks() > 0;
    boolean completed =
        result instanceof SliceResult.Done
            && result.counts().chunks() > 0
            && backfill.status().isCompleted();
    if (completed || hasLooked && isPast(backfill)) {
      Set<String> seen = rows.keys();
      seen.addAll(quarantined);
      assertThat(counters.processed()).as("processed, %s", when).isEqualTo(seen.size());
    }
    if (completed && backfill.phase() != Phase.RETRY) {
      assertThat(counters.total()).isEqualTo(Total.exact(counters.processed()));
    }
    if (completed) {
      assertThat(backfill.status() == BackfillStatus.COMPLETED_WITH_GAPS)
          .as("gaps, %s", when)
          .isEqualTo(!quarantined.isEmpty());
    }
    if (counters.total().isKnown()) {
      assertThat(counters.total().count())
          .as("total, %s", when)
          .isGreaterThanOrEqualTo(counters.processed());
    }
  }

  private static boolean isPast(Backfill backfill) {
    return backfill.phase() == Phase.CATCH_UP || backfill.phase() == Phase.VERIFY;
  }

  private JdbcStore open() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    return store;
  }

  private static String status(ProgressStore store) {
    return StatusText.of(store.list(), Instant.now(), ZoneOffset.UTC);
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /** Where items are, and from where others remove them. */
  private interface Rows {

    Sink<IssueComment> sink();

    Set<String> keys() throws Exception;

    void remove(LongPredicate which) throws Exception;
  }

  private record Table(JdbcDataSource database, Sink<IssueComment> sink) implements Rows {

    @Override
    public Set<String> keys() throws Exception {
      Set<String> keys = new HashSet<>();
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT github_id FROM issue_comments")) {
        while (rows.next()) {
          keys.add(rows.getString(1));
        }
      }
      return keys;
    }

    @Override
    public void remove(LongPredicate which) throws Exception {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        for (String key : new TreeSet<>(keys())) {
          if (which.test(Long.parseLong(key))) {
            statement.executeUpdate("DELETE FROM issue_comments WHERE github_id = " + key);
          }
        }
      }
    }
  }

  private static final class InMemoryTable implements Rows, Sink<IssueComment> {

    private final Map<String, Instant> items = new TreeMap<>();

    @Override
    public Sink<IssueComment> sink() {
      return this;
    }

    @Override
    public SinkCounts write(List<IssueComment> comments, SinkTransaction transaction) {
      int before = items.size();
      comments.forEach(each -> items.put(Long.toString(each.githubId()), each.updatedAt()));
      return new SinkCounts(items.size() - before, 0);
    }

    @Override
    public OptionalLong count(String scope, SinkTransaction transaction) {
      return OptionalLong.of(items.size());
    }

    @Override
    public Optional<Set<String>> stored(
        String scope, List<String> keys, SinkTransaction transaction) {
      Set<String> stored = new HashSet<>(keys);
      stored.retainAll(items.keySet());
      return Optional.of(stored);
    }

    @Override
    public Set<String> keys() {
      return new HashSet<>(items.keySet());
    }

    @Override
    public void remove(LongPredicate which) {
      items.keySet().removeIf(key -> which.test(Long.parseLong(key)));
    }
  }
}
