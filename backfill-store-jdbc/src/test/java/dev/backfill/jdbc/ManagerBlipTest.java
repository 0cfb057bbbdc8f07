package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.JobState;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.testkit.ManualTimeSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that refuses one statement of a manager's look for a moment. */
class ManagerBlipTest {

  private final TestDatabase database = TestDatabase.h2();
  private final AtomicInteger statements = new AtomicInteger();
  private volatile int failing;

  /** Statements are counted as they are prepared; the chosen one fails once. */
  private DataSource faulty(String state) {
    return proxy(
        DataSource.class,
        database.dataSource(),
        (name, result) ->
            result instanceof Connection connection
                ? proxy(Connection.class, connection, (call, made) -> counted(call, made, state))
                : result);
  }

  private @Nullable Object counted(String call, @Nullable Object made, String state)
      throws SQLException {
    if (call.equals("prepareStatement") && statements.incrementAndGet() == failing) {
      ((PreparedStatement) made).close();
      throw new SQLException("for a moment", state);
    }
    return made;
  }

  private interface Result {
    @Nullable Object of(String method, @Nullable Object result) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, T target, Result result) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return result.of(method.getName(), method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "40001", "40P01"})
  void aBlipAtAnyStatementEndsNothing(String state) throws Exception {
    database.install();
    JdbcStore store = JdbcStore.open(faulty(state));
    // Each state at every third statement, so that the three together meet each one.
    int first = 1 + List.of("08006", "40001", "40P01").indexOf(state);
    int last = first;
    for (int at = first; at <= last; at += 3) {
      String target = "a/" + state.toLowerCase(Locale.ROOT) + at;
      // Manual time that begins now, as the database's own clock does.
      ManualTimeSource time = new ManualTimeSource(Instant.now().truncatedTo(ChronoUnit.MILLIS));
      try (BackfillManager manager =
          BackfillManager.builder(store.progress(), store.jobs())
              .source(new Ten(), JdbcSink.of((c, items) -> new SinkCounts(items.size(), 0)))
              .timeSource(time)
              .random(new Random(at))
              .executor(Runnable::run)
              .parallelism(1)
              .rules(rules -> rules.withSync(null))
              .build()) {
        manager.track(target);
        statements.set(0);
        failing = at;
        manager.runFor(Duration.ofMinutes(10));
        failing = 0;
        last = statements.get();
      }
      assertThat(store.jobs().list())
          .filteredOn(job -> job.key().target().equals(target))
          .as("after %s at statement %d", state, at)
          .allMatch(job -> job.state() == JobState.IDLE && job.attempts() == 0);
      assertThat(last).isGreaterThan(10);
    }
  }

  /** Ten items in one chunk. */
  private static final class Ten implements PullSource<String> {

    @Override
    public String name() {
      return "test:ten";
    }

    @Override
    public String itemKey(String item) {
      return item;
    }

    @Override
    public SourceSession<String> open(String target, Cursor from) {
      return new SourceSession<>() {
        @Override
        public Chunk<String> next(int size, long reserve) {
          List<String> items = from.isStart() ? List.of("1", "2") : List.of();
          return new Chunk<>(items, List.of(), new Cursor("2"), true, 1);
        }

        @Override
        public @Nullable Quota quota() {
          return null;
        }

        @Override
        public Total total() {
          return Total.estimate(2);
        }

        @Override
        public void close() {}
      };
    }
  }
}
