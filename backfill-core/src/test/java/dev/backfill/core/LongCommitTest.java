package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A commit holds its backfill's row, for which a renewal would wait, as in PostgreSQL. */
@Timeout(60)
class LongCommitTest {

  private static final Sink<Integer> SINK = (items, transaction) -> new SinkCounts(items.size(), 0);

  private final SteppedTimeSource time = new SteppedTimeSource();
  private final ManualTimers timers = new ManualTimers();
  private final ProgressStore memory = new InMemoryStore(time).progress();
  private final ReentrantLock row = new ReentrantLock();
  private final CountDownLatch committing = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private ProgressStore store(BackfillId locked) {
    return (ProgressStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ProgressStore.class},
            (proxy, method, arguments) -> {
              boolean locks =
                  List.of("commit", "renew").contains(method.getName())
                      && ((Lease) arguments[0]).backfill().equals(locked);
              if (locks) {
                row.lockInterruptibly();
              }
              try {
                if (locks && method.getName().equals("commit")) {
                  committing.countDown();
                  goOn.await();
                }
                return method.invoke(memory, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                if (locks) {
                  row.unlock();
                }
              }
            });
  }

  @Test
  void aLongCommitOfOneDelaysNoRenewalOfTheOthers() throws Exception {
    BackfillId first = memory.register(new BackfillKey("test:numbers", "a/a"), "test").id();
    BackfillId second = memory.register(new BackfillKey("test:numbers", "b/b"), "test").id();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (BackfillEngine engine =
        BackfillEngine.builder(store(first))
            .timeSource(time)
            .machine(timers.machine())
            .lease(Duration.ofSeconds(1))
            .build()) {
      Future<SliceResult> slow = threads.submit(() -> slice(engine, new ScriptedSource(10), "a/a"));
      committing.await();
      ScriptedSource fetching = new ScriptedSource(10);
      CountDownLatch begun = new CountDownLatch(1);
      fetching.script.add(
          () -> {
            begun.countDown();
            goOn.await();
          });
      Future<SliceResult> other = threads.submit(() -> slice(engine, fetching, "b/b"));
      begun.await();
      LeaseRequest another = new LeaseRequest("another", "local", Duration.ofSeconds(30));
      for (int looks = 0; looks < 10; looks++) {
        time.advance(Duration.ofMillis(400));
        timers.tick();
        assertThat(memory.claim(second, another))
            .as("its lease is renewed while it fetches")
            .matches(Claim::isHeld);
      }
      goOn.countDown();
      assertThat(slow.get()).isInstanceOf(SliceResult.Done.class);
      assertThat(other.get()).isInstanceOf(SliceResult.Done.class);
    } finally {
      threads.shutdownNow();
    }
  }

  private static SliceResult slice(BackfillEngine engine, ScriptedSource source, String target)
      throws InterruptedException {
    return engine.runSlice(new BackfillSpec<>(source, target, SINK), SliceLimits.UNLIMITED);
  }
}
