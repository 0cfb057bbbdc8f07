package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedRepositoryTest {

  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 1_500);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 6, 7, 8, 100, 1_500})
  void theCountsAreThoseOfTheStreams(int pullRequests) {
    SimulatedRepository some = SimulatedRepository.of("sim/some", pullRequests);
    assertThat(some.pullRequests()).hasSize(pullRequests);
    assertThat(some.numbers()).hasSize(pullRequests);
    assertThat(some.reviews().count()).isEqualTo(some.reviewCount());
    assertThat(some.reviewComments().count()).isEqualTo(some.reviewCommentCount());
    assertThat(some.issueComments().count()).isEqualTo(some.issueCommentCount());
    assertThat(some.pullRequests().mapToLong(pull -> pull.reviews().size()).sum())
        .isEqualTo(some.reviewCount());
    assertThat(some.pullRequests().mapToLong(pull -> pull.details().reviewComments()).sum())
        .isEqualTo(some.reviewCommentCount());
  }

  @Test
  void numbersRiseWithGapsAndSoDoTheTimesOfCreation() {
    int[] numbers = repository.numbers().toArray();
    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    assertThat(numbers[numbers.length - 1]).isBetween(2_100, 2_150);
    List<Instant> created = repository.listedPullRequests().map(pull -> pull.createdAt()).toList();
    assertThat(created).isSorted().doesNotHaveDuplicates();
    assertThat(repository.reviewComments().map(c -> c.createdAt())).isSorted();
    assertThat(repository.issueComments().map(c -> c.createdAt())).isSorted();
  }

  @Test
  void nothingChangesBeforeItIsCreated() {
    assertThat(repository.listedPullRequests())
        .allMatch(times -> !times.updatedAt().isBefore(times.createdAt()))
        .allMatch(
            times -> times.closedAt() == null || !times.updatedAt().isBefore(times.closedAt()))
        .allMatch(times -> times.mergedAt() == null || times.mergedAt().equals(times.closedAt()));
  }

  @Test
  void idsAreAbove32BitsAndRise() {
    assertThat(repository.listedPullRequests().map(pull -> pull.githubId()))
        .isSorted()
        .doesNotHaveDuplicates()
        .allMatch(id -> id > Integer.MAX_VALUE);
    assertThat(repository.reviews().map(Review::githubId)).isSorted().doesNotHaveDuplicates();
    assertThat(repository.reviewComments().map(ReviewComment::githubId))
        .isSorted()
        .doesNotHaveDuplicates()
        .allMatch(id -> id > Integer.MAX_VALUE);
    assertThat(repository.issueComments().map(IssueComment::githubId))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void theDataIsAsUnevenAsTheRealOne() {
    List<PullRequest> all = repository.pullRequests().toList();
    List<Account> authors = all.stream().map(pull -> pull.author()).toList();
    assertThat(authors).containsNull().contains(Accounts.GHOST);
    assertThat(authors.stream().filter(Objects::nonNull).map(Account::type)).contains("Bot");
    assertThat(new HashSet<>(authors)).hasSizeGreaterThan(200);
    assertThat(all.stream().map(pull -> pull.body()))
        .containsNull()
        .anyMatch(body -> body != null && body.length() > 3_000)
        .anyMatch(body -> body != null && body.contains("🚀"));
    assertThat(all).anyMatch(PullRequest::merged).anyMatch(pull -> pull.draft());
    assertThat(all.stream().map(pull -> pull.open())).contains(true, false);
    assertThat(all.get(2).reviews()).hasSize(250);
    assertThat(all.stream().filter(pull -> pull.reviews().isEmpty())).isNotEmpty();
    assertThat(repository.reviews().map(Review::state)).contains("PENDING", "APPROVED");
    assertThat(repository.issueComments().map(IssueComment::onPullRequest)).contains(true, false);
  }

  @Test
  void commentsPointToWhatIsThere() {
    Set<Integer> numbers = new HashSet<>(repository.numbers().boxed().toList());
    Set<Long> reviewIds = new HashSet<>(repository.reviews().map(Review::githubId).toList());
    Set<Long> seen = new HashSet<>();
    repository
        .reviewComments()
        .forEach(
            comment -> {
              assertThat(numbers).contains(comment.pullRequestNumber());
              Long review = comment.reviewId();
              assertThat(review == null || reviewIds.contains(review)).isTrue();
              Long answered = comment.inReplyToId();
              assertThat(answered == null || seen.contains(answered)).isTrue();
              seen.add(comment.githubId());
            });
    assertThat(repository.issueComments())
        .allMatch(comment -> comment.onPullRequest() == numbers.contains(comment.issueNumber()));
  }

  @Test
  void theSameSeedGivesTheSameHistoryAndAnotherSeedAnother() {
    assertThat(SimulatedRepository.of("sim/repo", 1_500).pullRequests().limit(50))
        .isEqualTo(repository.pullRequests().limit(50).toList());
    assertThat(
            SimulatedRepository.builder("sim/repo").pullRequests(50).seed(2).build().pullRequests())
        .doesNotContainAnyElementsOf(repository.pullRequests().limit(50).toList());
  }

  @Test
  void moreIsAppendedAndLeavesTheRestAlone() {
    List<PullRequest> before = repository.pullRequests().toList();
    List<IssueComment> comments = repository.issueComments().toList();
    ManualTimeSource time = new ManualTimeSource();
    repository.useClock(time);
    repository.addPullRequests(3);
    time.advance(Duration.ofDays(1));
    repository.addPullRequests(10);
    List<PullRequest> after = repository.pullRequests().toList();
    assertThat(after).hasSize(1_513).startsWith(before.toArray(new PullRequest[0]));
    assertThat(repository.issueComments()).startsWith(comments.toArray(new IssueComment[0]));
    assertThat(after.stream().map(pull -> pull.createdAt())).isSorted();
    Instant second = after.get(1_503).createdAt();
    assertThat(second).isEqualTo(time.now());
  }

  @Test
  void aTouchedPullRequestHasANewerTimeAndAnotherTitle() {
    int number = repository.numbers().skip(10).findFirst().orElseThrow();
    PullRequest before = repository.pullRequest(number);
    repository.useClock(new ManualTimeSource());
    repository.touch(number);
    PullRequest once = repository.pullRequest(number);
    repository.touch(number);
    PullRequest twice = repository.pullRequest(number);
    assertThat(once.updatedAt()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(twice.updatedAt()).isEqualTo("2026-01-01T00:00:01Z");
    assertThat(List.of(before, once, twice))
        .extracting(pull -> pull.title())
        .doesNotHaveDuplicates();
    assertThat(once.createdAt()).isEqualTo(before.createdAt());
  }

  @Test
  void aNumberOfAnIssueIsNoPullRequest() {
    int issue =
        IntStream.range(1, 20)
            .filter(n -> repository.numbers().noneMatch(p -> p == n))
            .findFirst()
            .orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> repository.pullRequest(issue))
        .withMessageContaining("no pull request " + issue);
  }

  @Test
  void aMillionPullRequestsTakeNoMemory() {
    SimulatedRepository huge = SimulatedRepository.of("sim/huge", 1_000_000);
    long before = used();
    int[] numbers = huge.numbers().skip(999_990).toArray();
    assertThat(Arrays.stream(numbers).mapToObj(huge::pullRequest)).hasSize(10);
    assertThat(huge.reviewComments().limit(10)).hasSize(10);
    assertThat(huge.reviewCommentCount()).isBetween(1_900_000L, 2_100_000L);
    assertThat(used() - before).isLessThan(4 << 20);
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
