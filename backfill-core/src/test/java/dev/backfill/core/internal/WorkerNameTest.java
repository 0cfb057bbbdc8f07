package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WorkerNameTest {

  @Test
  void thisProcessIsNotDead() {
    assertThat(WorkerName.isKnownDead(WorkerName.of(7))).isFalse();
  }

  @Test
  void aProcessOfThisMachineThatHasEndedIsDead() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();

    assertThat(WorkerName.isKnownDead(ofProcess(process.pid(), "since-123456"))).isTrue();
  }

  @Test
  void anotherProcessThatGotTheSameNumberDoesNotKeepItAlive() {
    assertThat(WorkerName.isKnownDead(ofProcess(ProcessHandle.current().pid(), "since-1")))
        .isTrue();
  }

  @Test
  void aLivingProcessWhoseStartIsUnknownIsNotDead() {
    assertThat(WorkerName.isKnownDead(ofProcess(ProcessHandle.current().pid(), "since-0")))
        .isFalse();
  }

  @Test
  void aWorkerElsewhereIsNeverKnownToBeDead() {
    assertThat(WorkerName.isKnownDead("elsewhere-abc/pid-999999/since-1/x")).isFalse();
    assertThat(WorkerName.isKnownDead("my-own-name")).isFalse();
  }

  @Test
  void workersOfOneProcessHaveDifferentNamesThatFitTheStore() {
    assertThat(WorkerName.of(1)).isNotEqualTo(WorkerName.of(2)).hasSizeLessThanOrEqualTo(200);
  }

  private static String ofProcess(long pid, String since) {
    return WorkerName.of(1)
        .replaceFirst("pid-\\d+", "pid-" + pid)
        .replaceFirst("since-\\d+", since);
  }
}
