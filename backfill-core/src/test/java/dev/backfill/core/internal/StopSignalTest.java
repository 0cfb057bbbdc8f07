package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StopSignalTest {

  private final StopSignal stop = new StopSignal();

  @Test
  void endsAWaitAndLeavesNoInterruptBehind() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean(true);
    Thread worker =
        new Thread(
            () -> {
              assertThatThrownBy(
                      () ->
                          stop.interruptibly(
                              () -> {
                                inside.countDown();
                                new CountDownLatch(1).await();
                                return 1;
                              }))
                  .isInstanceOf(InterruptedException.class);
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    worker.start();
    inside.await();
    stop.set();
    worker.join(10_000);

    assertThat(worker.isAlive()).isFalse();
    assertThat(interrupted).isFalse();
  }

  @Test
  void doesNotDisturbAThreadOutsideOfAStep() throws InterruptedException {
    stop.interruptibly(() -> 1);
    stop.set();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void refusesToBeginAStepOnceSet() {
    stop.set();

    assertThatThrownBy(() -> stop.interruptibly(() -> 1)).isInstanceOf(InterruptedException.class);
  }
}
