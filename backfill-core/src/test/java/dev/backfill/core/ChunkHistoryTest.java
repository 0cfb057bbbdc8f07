package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.policy.AdaptiveRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a slice knows of the chunks before it. */
class ChunkHistoryTest {

  private final EngineFixture fixture = new EngineFixture();
  private final List<PolicyInput> inputs = new ArrayList<>();
  private final RateLimitPolicy wide = AdaptiveRateLimitPolicy.ofDefaults().withBounds(5, 200);
  private final List<Integer> selected = new ArrayList<>();
  private final RateLimitPolicy policy =
      input -> {
        inputs.add(input);
        Decision decision = wide.decide(input);
        if (decision instanceof Decision.Proceed proceed) {
          selected.add(proceed.chunkSize());
        }
        return decision;
      };

  @Test
  void theNextSliceBeginsWhereTheLastOneLeftOff() throws Exception {
    ScriptedSource source = new ScriptedSource(5_000);
    run(source, "owner/name", 4);
    List<ChunkSample> first = inputs.get(inputs.size() - 1).recent();
    inputs.clear();

    run(source, "owner/name", 1);

    assertThat(first).hasSize(3);
    assertThat(inputs.get(0).recent()).hasSize(4);
    assertThat(inputs.get(0).recent().subList(0, 3)).isEqualTo(first);
    assertThat(chunks("owner/name"))
        .extracting(chunk -> chunk.requestedSize())
        .containsExactly(50, 75, 113, 170, 200);
  }

  @Test
  void aSizeThatFailedIsKnownToTheNextSlice() throws Exception {
    ScriptedSource source = new ScriptedSource(5_000);
    source.script.add(() -> {});
    source.script.add(Failures.transientOnce("502"));
    run(source, "owner/name", 2);
    inputs.clear();

    run(source, "owner/name", 4);

    assertThat(inputs.get(0).recent()).as("failures are no chunks").noneMatch(ChunkSample::failed);
    assertThat(chunks("owner/name"))
        .extracting(chunk -> chunk.requestedSize())
        .containsExactly(50, 50, 50, 50, 50, 50);
    assertThat(AdaptiveRateLimitPolicy.explain(last("owner/name").sizeBasis()))
        .hasValueSatisfying(
            sentence -> assertThat(sentence).contains("chunks of 75 failed and 50 may work"));
  }

  /** Each slice would else try what failed before it, and give up at the same place, for ever. */
  @Test
  void aSliceThatFailedIsFollowedByOneThatAsksForLess() throws Exception {
    ScriptedSource source = new ScriptedSource(5_000);
    for (int call = 0; call < 100; call++) {
      source.script.add(() -> failSlowlyAbove(3));
    }
    run(source, "owner/name", 1);
    assertThat(source.calls.get()).as("it gave up after a few tries").isEqualTo(3);
    assertThat(chunks("owner/name")).isEmpty();

    run(source, "owner/name", 1);

    assertThat(chunks("owner/name")).extracting(chunk -> chunk.requestedSize()).containsExactly(3);
  }

  @Test
  void manyFailuresBeforeASliceAskForOneItem() throws Exception {
    ScriptedSource source = new ScriptedSource(5_000);
    for (int call = 0; call < 100; call++) {
      source.script.add(() -> failSlowlyAbove(0));
    }
    for (int slice = 0; slice < 20; slice++) {
      run(source, "owner/name", 1);
    }
    source.script.clear();
    selected.clear();

    run(source, "owner/name", 12);

    assertThat(chunks("owner/name"))
        .extracting(chunk -> chunk.requestedSize())
        .as("and it is soon as large as ever")
        .startsWith(1, 2, 3)
        .endsWith(93, 140);
  }

  private void failSlowlyAbove(int size) throws InterruptedException {
    if (selected.get(selected.size() - 1) > size) {
      fixture.time.advance(Duration.ofSeconds(60));
      Failures.transientOnce("504").run();
    }
  }

  /** What a chunk took does not hold the time of the tries for it that failed. */
  @Test
  void noSizeIsBlamedForTheTimeOfAFailure() throws Exception {
    ScriptedSource source = new ScriptedSource(5_000);
    source.script.add(
        () -> {
          fixture.time.advance(Duration.ofSeconds(40));
          Failures.transientOnce("504").run();
        });
    source.script.add(() -> fixture.time.advance(Duration.ofSeconds(2)));

    run(source, "owner/name", 2);

    assertThat(inputs.get(inputs.size() - 1).recent())
        .filteredOn(sample -> !sample.failed())
        .extracting(ChunkSample::active)
        .containsExactly(Duration.ofSeconds(2));
    assertThat(chunks("owner/name").get(0).active())
        .as("what is stored is all the work")
        .isEqualTo(Duration.ofSeconds(42));
  }

  /** Nobody asks the API while a policy waits, so what it last said would stand for ever. */
  @Test
  @Timeout(30)
  void aPolicySeesAWholeWindowOnceTheOldOneIsOver() throws Exception {
    ScriptedSource source = new ScriptedSource(100);
    Instant reset = fixture.time.now().plusSeconds(3_600);
    source.quota = new Quota("core", 5_000, 272, reset);
    RateLimitPolicy careful =
        input ->
            input.quota() != null && input.quota().remaining() < 300
                ? new Decision.Wait(input.quota().resetAt(), "under 300 left")
                : new Decision.Proceed(40, 100, "always 40");
    SliceLimits patient = SliceLimits.UNLIMITED.withMaxWait(Duration.ofHours(2));
    try (BackfillEngine engine = fixture.engine().policy(careful).build()) {
      assertThat(engine.runSlice(fixture.job(source), patient))
          .isInstanceOf(SliceResult.Done.class);
    }
    assertThat(fixture.time.now()).isEqualTo(reset);
  }

  @Test
  void anUnknownTargetBeginsAsASimilarOne() throws Exception {
    run(new ScriptedSource(5_000), "owner/known", 4);
    inputs.clear();

    run(new ScriptedSource(4_000), "owner/new", 1);

    assertThat(inputs.get(0).recent()).hasSize(4);
    assertThat(chunks("owner/new")).extracting(chunk -> chunk.requestedSize()).containsExactly(200);
  }

  @Test
  void everyChunkIsStoredWithABasisThatGivesItsSizeAgain() throws Exception {
    run(new ScriptedSource(5_000), "owner/name", 40);

    assertThat(chunks("owner/name"))
        .hasSizeGreaterThan(25)
        .allSatisfy(
            chunk -> {
              assertThat(AdaptiveRateLimitPolicy.replay(chunk.sizeBasis()))
                  .hasValue(chunk.requestedSize());
              assertThat(chunk.sizeBasis()).hasSizeLessThan(Decision.Proceed.MAX_BASIS);
            });
  }

  private void run(ScriptedSource source, String target, int chunks) throws Exception {
    try (BackfillEngine engine = fixture.engine().policy(policy).build()) {
      engine.runSlice(
          new BackfillSpec<>(
              source, target, (items, transaction) -> new SinkCounts(items.size(), 0)),
          SliceLimits.UNLIMITED.withMaxChunks(chunks));
    }
  }

  private List<CommittedChunk> chunks(String target) {
    Backfill backfill =
        fixture.store.list().stream()
            .filter(each -> each.key().target().equals(target))
            .findFirst()
            .orElseThrow();
    return fixture.store.chunks(backfill.id(), 1, 1_000);
  }

  private CommittedChunk last(String target) {
    List<CommittedChunk> chunks = chunks(target);
    return chunks.get(chunks.size() - 1);
  }
}
