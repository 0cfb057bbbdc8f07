package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.Reserve;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole histories from a simulated GitHub that limits, fails and changes meanwhile. */
@Timeout(120)
class SimulatedRunTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 230);
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .quota(100, Duration.ofSeconds(20))
          .timeSource(time)
          .start();
  private final GitHub client =
      // One at a time: what leaves together with a request that is limited meets the limit, too.
      GitHub.builder().apiUrl(github.url()).timeSource(time).maxConcurrency(1).build();

  private final List<PullRequest> items = new ArrayList<>();
  private final List<String> rejected = new ArrayList<>();
  private int waits;

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  @Test
  void theReserveIsTheSameShareOfEachQuota() throws Exception {
    try (SimulatedGitHub unequal =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of("sim/few", 30))
                .quota(60, Duration.ofHours(1))
                .graphqlQuota(5_000, Duration.ofHours(1))
                .timeSource(time)
                .start();
        GitHub asking =
            GitHub.builder().apiUrl(unequal.url()).token(Stub.TOKEN).timeSource(time).build();
        SourceSession<PullRequest> session =
            asking.pullRequests(Set.of(PullRequestExtra.DETAILS)).open("sim/few", Cursor.START)) {
      session.prepare();
      int items = 0;
      for (Chunk<PullRequest> chunk = session.next(25, 500); ; chunk = session.next(25, 500)) {
        items += chunk.items().size();
        if (chunk.last()) {
          break;
        }
      }
      assertThat(items).isGreaterThanOrEqualTo(30);
      assertThat(asking.sharedResources().api().isOpen(ApiResource.CORE, new Reserve(4_800, 5_000)))
          .isFalse();
    }
  }

  /** What an engine does: after a failure the same session, here a new one after every wait. */
  private Cursor run(Cursor from, long reserve, Runnable betweenChunks)
      throws InterruptedException {
    Cursor cursor = from;
    while (true) {
      try (SourceSession<PullRequest> session =
          client.pullRequests(Set.of(PullRequestExtra.values())).open("sim/repo", cursor)) {
        while (true) {
          Chunk<PullRequest> chunk;
          try {
            chunk = session.next(25, reserve);
          } catch (TransientFailureException e) {
            assertThat(waits++).as("failures").isLessThan(50);
            continue;
          }
          items.addAll(chunk.items());
          chunk.rejected().stream().map(RejectedItem::key).forEach(rejected::add);
          cursor = chunk.next();
          if (chunk.last()) {
            return cursor;
          }
          betweenChunks.run();
        }
      } catch (RateLimitedException e) {
        waits++;
        Duration wait = Duration.between(time.now(), e.until());
        assertThat(wait).isPositive();
        time.advance(wait);
      }
    }
  }

  @Test
  void aQuotaOf100InShortWindowsIsNeverOverdrawn() throws Exception {
    run(Cursor.START, 0, () -> {});
    assertThat(items).isEqualTo(repository.pullRequests().toList());
    assertThat(waits).isGreaterThan(3);
    assertThat(github.limited()).isZero();
    assertThat(github.violations()).isZero();
  }

  @Test
  void withAReserveOthersAlwaysHaveSomeLeft() throws Exception {
    run(Cursor.START, 40, () -> {});
    assertThat(items).isEqualTo(repository.pullRequests().toList());
    assertThat(github.limited()).isZero();
  }

  @Test
  void secondaryLimitsAreObeyedAndLoseNothing() throws Exception {
    int[] chunks = {0};
    run(
        Cursor.START,
        0,
        () -> {
          if (++chunks[0] % 3 == 0) {
            github.limitNext(Duration.ofSeconds(5));
          }
        });
    assertThat(items).isEqualTo(repository.pullRequests().toList());
    assertThat(github.limited()).isPositive();
    assertThat(github.violations()).isZero();
  }

  @Test
  void requirement38_faultsLoseNothingAndRepeatNothing() throws Exception {
    int[] chunks = {0};
    run(
        Cursor.START,
        0,
        () -> {
          switch (++chunks[0] % 4) {
            case 0 -> github.failNext(2, 502);
            case 1 -> github.truncateNext();
            case 2 -> github.dropNext();
            default -> github.failNext(1, 500);
          }
        });
    assertThat(items).isEqualTo(repository.pullRequests().toList());
    assertThat(rejected).isEmpty();
  }

  @Test
  void aPoisonedPullRequestIsRejectedAndTheRestArrives() throws Exception {
    int poisoned = repository.numbers().skip(107).findFirst().orElseThrow();
    int last = repository.numbers().skip(229).findFirst().orElseThrow();
    github.poison(poisoned);
    github.poison(last);
    run(Cursor.START, 0, () -> {});
    assertThat(rejected).containsExactly("" + poisoned, "" + last);
    assertThat(items)
        .isEqualTo(
            repository
                .pullRequests()
                .filter(item -> !rejected.contains("" + item.number()))
                .toList());
  }

  @Test
  void requirement03_whatIsCreatedMeanwhileArrivesAndARenameIsNoHarm() throws Exception {
    int[] chunks = {0};
    run(
        Cursor.START,
        0,
        () -> {
          chunks[0]++;
          if (chunks[0] == 3) {
            repository.addPullRequests(10);
          }
          if (chunks[0] == 5) {
            repository.renameTo("sim/renamed");
          }
        });
    assertThat(items)
        .extracting(item -> item.number())
        .containsAll(repository.numbers().boxed().toList());
  }

  @Test
  void aSecondRunSpendsNextToNothing() throws Exception {
    Cursor end = run(Cursor.START, 0, () -> {});
    long before = requestsBesideLookUps();
    long spent = github.quotaSpent(QuotaResource.CORE);
    items.clear();
    assertThat(run(end, 0, () -> {})).isEqualTo(end);
    assertThat(items).isEmpty();
    assertThat(requestsBesideLookUps() - before).as("what changed").isEqualTo(1);
    assertThat(github.quotaSpent(QuotaResource.CORE) - spent).as("nothing has changed").isZero();
  }

  /** The repository is looked up again after a minute, which the first run may have waited. */
  private long requestsBesideLookUps() {
    return github.requests() - github.requests(Endpoint.REPOSITORY);
  }
}
