package dev.backfill.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.policy.ChunkSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureMemoryTest {

  private static ChunkSample worked(int size) {
    return new ChunkSample(size, size, Duration.ofSeconds(1), 1, false);
  }

  private static ChunkSample failed(int size) {
    return ChunkSample.failed(size);
  }

  /** What is known after these chunks, the first of which nothing was known before. */
  private static FailureMemory after(List<ChunkSample> chunks) {
    FailureMemory memory = FailureMemory.NONE;
    for (int i = 0; i < chunks.size(); i++) {
      memory = memory.after(chunks, i);
    }
    return memory;
  }

  private static List<ChunkSample> eightOf(int size) {
    List<ChunkSample> chunks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      chunks.add(worked(size));
    }
    return chunks;
  }

  /** A size of 50 failed, 25 worked, and five chunks have worked since. */
  private static FailureMemory successesAfter50(int required) {
    return new FailureMemory(50, 25, 5, required, 0, 0);
  }

  @Test
  void eightChunksThatWorkedMakeAFailureAnAccident() {
    List<ChunkSample> chunks = eightOf(50);
    chunks.add(failed(50));
    assertThat(after(chunks).failed()).isZero();

    chunks.remove(0);
    assertThat(after(chunks).failed()).as("after seven").isEqualTo(50);
  }

  @Test
  void aFailureBeforeTheEightDoesNotCount() {
    List<ChunkSample> chunks = eightOf(50);
    chunks.add(0, failed(50));
    chunks.add(failed(50));
    assertThat(after(chunks).failed()).isZero();
  }

  @Test
  void aFailureAmongTheEightDoesCount() {
    List<ChunkSample> chunks = eightOf(50);
    chunks.set(6, failed(50));
    chunks.add(0, worked(50));
    chunks.add(failed(50));
    assertThat(after(chunks).failed()).isEqualTo(50);
  }

  @Test
  void threeFailuresInARowAreAnOutageWhateverTheirSizes() {
    List<ChunkSample> chunks = new ArrayList<>(List.of(failed(50), failed(25)));
    assertThat(after(chunks).failed()).isEqualTo(25);
    chunks.add(failed(12));
    assertThat(after(chunks).failed()).isZero();
    chunks.add(worked(6));
    assertThat(after(chunks)).isEqualTo(FailureMemory.NONE);
  }

  @Test
  void theLargestSizeBelowTheFailedOneIsRemembered() {
    assertThat(after(List.of(worked(20), worked(30), worked(50), worked(60), failed(50))).worked())
        .isEqualTo(30);
    List<ChunkSample> alone = List.of(failed(50));
    assertThat(new FailureMemory(60, 40, 0, 5, 0, 0).after(alone, 0).worked())
        .as("of a chunk that is no longer at hand")
        .isEqualTo(40);
    assertThat(new FailureMemory(60, 50, 0, 5, 0, 0).after(alone, 0).worked())
        .as("a size that now fails has not worked")
        .isZero();
  }

  @Test
  void aSizeThatFailsAgainWaitsTwiceAsLongForItsNextTry() {
    assertThat(successesAfter50(5).after(List.of(failed(50)), 0).required()).isEqualTo(10);
    assertThat(successesAfter50(80).after(List.of(failed(50)), 0).required()).isEqualTo(80);
    assertThat(successesAfter50(5).after(List.of(failed(49)), 0).required())
        .as("another size")
        .isEqualTo(5);
    assertThat(new FailureMemory(50, 25, 0, 5, 50, 1).after(List.of(failed(50)), 0).required())
        .as("the same failure still")
        .isEqualTo(5);
  }

  @Test
  void theFailedSizeIsForgottenWhenItWorks() {
    assertThat(successesAfter50(5).after(List.of(worked(50)), 0)).isEqualTo(FailureMemory.NONE);
    assertThat(successesAfter50(5).after(List.of(worked(49)), 0).failed()).isEqualTo(50);
  }

  @Test
  void theMiddleIsTriedAfterAsManyChunksAsPatienceAsks() {
    assertThat(new FailureMemory(50, 25, 4, 5, 0, 0).size()).isEqualTo(25);
    assertThat(new FailureMemory(50, 25, 5, 5, 0, 0).size()).isEqualTo(37);
  }

  @Test
  void withinATenthTheFailedSizeIsTriedAfterSixteenTimesThePatience() {
    assertThat(new FailureMemory(55, 50, 5, 5, 0, 0).size()).isEqualTo(50);
    assertThat(new FailureMemory(55, 50, 79, 5, 0, 0).size()).isEqualTo(50);
    assertThat(new FailureMemory(55, 50, 80, 5, 0, 0).size()).isEqualTo(55);
  }
}
