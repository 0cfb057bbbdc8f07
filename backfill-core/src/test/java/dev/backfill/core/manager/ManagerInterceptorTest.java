package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.core.BackfillEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ManagerInterceptorTest {

  private final ManagerFixture fixture = new ManagerFixture();
  private final List<String> order = new ArrayList<>();

  @Test
  void wrapsEachSliceInsideTheEnginesOwnInterceptors() throws InterruptedException {
    fixture.source.sizes.put("a/b", 30);
    fixture.source.sizes.put("c/d", 30);
    try (BackfillManager manager =
        fixture
            .manager()
            .sliceInterceptor(
                slice -> {
                  order.add("manager's " + slice.key().target());
                  return slice.run();
                })
            .engine(
                (BackfillEngine.Builder engine) ->
                    engine.sliceInterceptor(
                        slice -> {
                          order.add("engine's " + slice.key().target());
                          return slice.run();
                        }))
            .build()) {
      manager.track("a/b");
      manager.track("c/d");
      assertThat(manager.runDue().completed()).isEqualTo(2);
    }
    assertThat(order)
        .containsExactly("manager's a/b", "engine's a/b", "manager's c/d", "engine's c/d");
  }

  @Test
  void runsOnTheHostsExecutor() throws InterruptedException {
    fixture.source.sizes.put("a/b", 30);
    CountDownLatch ended = new CountDownLatch(1);
    try (BackfillManager manager =
        fixture
            .manager()
            .executor(
                task ->
                    new Thread(
                            () -> {
                              task.run();
                              ended.countDown();
                            },
                            "host's")
                        .start())
            .sliceInterceptor(
                slice -> {
                  order.add(Thread.currentThread().getName());
                  return slice.run();
                })
            .build()) {
      manager.track("a/b");
      manager.runDue();
      ended.await();
    }
    assertThat(order).containsExactly("host's");
  }
}
