package dev.backfill.supabase;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Label;
import dev.backfill.api.history.Milestone;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Random items of few keys, so that copies meet: older, newer, partial and of other logins. */
final class RandomHistory {

  private static final Instant T0 = Instant.parse("2024-02-29T12:00:00.123456789Z");

  private static final List<String> TEXTS =
      List.of(
          "", "plain", "\"quoted\" \\ {}", "a\u0000b", "\ud800 alone", "\ud83d\ude00", "línea\n");

  private final Random random;

  RandomHistory(long seed) {
    random = new Random(seed);
  }

  /** Returns the generator of each type that has a sink. */
  Map<Class<?>, Supplier<?>> generators() {
    return Map.of(
        PullRequest.class, this::pullRequest,
        ReviewComment.class, this::reviewComment,
        IssueComment.class, this::issueComment,
        Label.class, this::label,
        Milestone.class, this::milestone);
  }

  private PullRequest pullRequest() {
    int number = number();
    return PullRequest.builder()
        .repository(repository())
        .number(number)
        .githubId(9_007_199_254_740_993L + number)
        .htmlUrl("https://example.test/" + number)
        .title(text())
        .body(maybe(text()))
        .author(maybe(account()))
        .open(random.nextBoolean())
        .draft(random.nextBoolean())
        .createdAt(T0)
        .updatedAt(time())
        .closedAt(maybe(time()))
        .mergedAt(maybe(time()))
        .headRef("head")
        .headSha("sha1")
        .baseRef("base")
        .baseSha(maybe("sha2"))
        .details(maybe(details()))
        .reviews(maybe(reviews(number)))
        .build();
  }

  private Details details() {
    return new Details(random.nextInt(9), 2, 3, 4, 5, maybe(random.nextInt(9)), maybe(account()));
  }

  private List<Review> reviews(int number) {
    return IntStream.range(0, random.nextInt(3))
        .mapToObj(
            i ->
                new Review(
                    number * 10L + i,
                    number,
                    text(),
                    maybe(account()),
                    maybe(time()),
                    text(),
                    null))
        .toList();
  }

  private ReviewComment reviewComment() {
    return new ReviewComment(
        repository(),
        random.nextInt(9),
        number(),
        maybe(7L),
        maybe(Long.MAX_VALUE),
        maybe(text()),
        maybe(account()),
        text(),
        T0,
        time());
  }

  private IssueComment issueComment() {
    return new IssueComment(
        repository(),
        random.nextInt(9),
        number(),
        random.nextBoolean(),
        maybe(account()),
        text(),
        T0,
        time());
  }

  private Label label() {
    return new Label(
        repository(),
        random.nextInt(99),
        "label " + random.nextInt(5),
        text(),
        maybe(text()),
        random.nextBoolean());
  }

  private Milestone milestone() {
    return new Milestone(
        repository(),
        random.nextInt(99),
        number(),
        text(),
        maybe(text()),
        random.nextBoolean(),
        maybe(account()),
        maybe(random.nextInt(9)),
        maybe(random.nextInt(9)),
        T0,
        time(),
        maybe(time()),
        maybe(time()),
        "https://example.test/milestone");
  }

  private Repository repository() {
    return new Repository(
        8_000_000_000L, "owner/name", false, "https://example.test", maybe(T0), maybe(time()));
  }

  /** Returns one of a few accounts; bots have the login of a query or that of REST. */
  private Account account() {
    int id = random.nextInt(4);
    boolean marked = random.nextBoolean();
    return switch (id) {
      case 0 -> new Account(100, marked ? "agent[bot]" : "Agent", "Bot");
      case 1 -> new Account(101, marked ? "other[bot]" : "other", "Bot");
      default -> new Account(id, "user" + random.nextInt(2), "User");
    };
  }

  private int number() {
    return 1 + random.nextInt(6);
  }

  private Instant time() {
    return T0.plusSeconds(random.nextInt(5)).plusNanos(random.nextInt(1_000));
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private <V> @Nullable V maybe(V value) {
    return random.nextInt(3) == 0 ? null : value;
  }

  /** Returns items of one type. */
  @SuppressWarnings("unchecked")
  <T> List<T> items(Class<T> type) {
    Supplier<T> generator = (Supplier<T>) generators().get(type);
    return Stream.generate(generator).limit(1 + random.nextInt(8)).toList();
  }
}
