package dev.backfill.github;

import static dev.backfill.github.Stub.byNumber;
import static dev.backfill.github.Stub.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.Repository;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.json.FieldPlan;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.KeyField;
import dev.backfill.github.internal.json.Values;
import dev.backfill.github.internal.read.Timestamps;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.session.StreamReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists that contain items of other kinds, as GitHub's list of issues contains pull requests. */
class SkippedItemsTest {

  private static final int PAGE = 100;

  private final Stub github = new Stub();
  private final PullSource<Issue> issues =
      source(
          ListEndpoint.byUpdate(
              "/issues",
              Feature.ISSUES,
              new IssueMapper(),
              item -> new Timestamps(item.createdAt(), item.createdAt(), item.number())));
  private final PullSource<Issue> unordered =
      source(ListEndpoint.unordered("/issues", "", new IssueMapper()));

  @AfterEach
  void close() {
    github.close();
  }

  private record Issue(int number, Instant createdAt) {}

  private static final class IssueMapper implements ItemMapper<Issue> {

    private static final FieldPlan PLAN =
        FieldPlan.of("id", "number", "created_at", "updated_at", "pull_request.url");

    @Override
    public FieldPlan plan() {
      return PLAN;
    }

    @Override
    public KeyField key() {
      return KeyField.number("number");
    }

    @Override
    public boolean mayBeOfOtherKind() {
      return true;
    }

    @Override
    public boolean isOfOtherKind(Values values) throws InvalidItemException {
      return values.text("pull_request.url") != null;
    }

    @Override
    public Issue map(Values values, Repository repository) throws InvalidItemException {
      return new Issue(values.requiredNumber("number"), values.requiredTime("created_at"));
    }
  }

  private PullSource<Issue> source(ListEndpoint<Issue> endpoint) {
    return new EndpointSource<>(
        "github:issues",
        Issue.class,
        new StreamReader<>(
            github.client.sharedResources(),
            endpoint,
            List.of(GitHubSources.strategy(endpoint)),
            true,
            item -> Integer.toString(item.number())));
  }

  private static String issue(int number) {
    return item(number, "");
  }

  private static String pullRequest(int number) {
    return item(number, ",\"pull_request\":{\"url\":\"https://api.github.com/x\"}");
  }

  private static String item(int number, String more) {
    return ("{\"id\":%d,\"number\":%d,\"created_at\":\"2020-01-01T00:00:00Z\","
            + "\"updated_at\":\"2020-01-01T00:00:00Z\"%s}")
        .formatted(1_000 + number, number, more);
  }

  private static List<Integer> numbers(Chunk<Issue> chunk) {
    return chunk.items().stream().map(Issue::number).toList();
  }

  @Test
  void itemsOfOtherKindsAreNeitherDeliveredNorRejectedNorCounted() throws Exception {
    github.answer(
        "/repos/o/r/issues?sort=updated&direction=asc&per_page=100",
        ok("[" + pullRequest(1) + "," + issue(2) + "," + pullRequest(3) + "," + issue(4) + "]"));
    List<Integer> delivered = new ArrayList<>();
    try (SourceSession<Issue> session = issues.open("o/r", Cursor.START)) {
      Chunk<Issue> chunk;
      do {
        chunk = session.next(1, 0);
        delivered.addAll(numbers(chunk));
        assertThat(chunk.rejected()).isEmpty();
        assertThat(session.total()).isNotIn(Total.exact(2), Total.exact(4));
      } while (!chunk.last());
    }
    assertThat(delivered).containsExactly(2, 4);
  }

  @Test
  void aMalformedItemOfAnotherKindIsSkippedToo() throws Exception {
    github.answer(
        byNumber("/issues?per_page=100"),
        ok("[{\"id\":1,\"pull_request\":{\"url\":\"x\"}}," + issue(2) + "]"));
    try (SourceSession<Issue> session = unordered.open("o/r", Cursor.START)) {
      Chunk<Issue> chunk = session.next(10, 0);
      assertThat(numbers(chunk)).containsExactly(2);
      assertThat(chunk.rejected()).isEmpty();
    }
  }

  @Test
  void keysOfOtherKindsAreNotListedAndTheListIsNotCounted() throws Exception {
    github.answer(
        "/repos/o/r/issues?sort=updated&direction=asc&per_page=100",
        ok("[" + pullRequest(1) + "," + issue(2) + "]"));
    try (KeyListing listing = issues.listKeys("o/r", Cursor.START, Cursor.START).orElseThrow()) {
      assertThat(listing.next(0).items()).containsExactly("2");
      assertThatThrownBy(() -> listing.count(0))
          .isInstanceOfSatisfying(
              PermanentFailureException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.INCOMPATIBLE));
    }
  }

  /** A repository may have ten thousand pull requests in a row, and no issue between them. */
  @Test
  void theCursorPassesManyItemsOfOtherKindsWithoutAnItem() throws Exception {
    int pages = 12;
    for (int page = 1; page <= pages; page++) {
      int from = (page - 1) * PAGE + 1;
      String items =
          IntStream.range(from, from + PAGE)
              .mapToObj(number -> number == pages * PAGE ? issue(number) : pullRequest(number))
              .collect(Collectors.joining(",", "[", "]"));
      github.answer(url(page), linked(ok(items), page, pages));
    }
    Cursor cursor;
    try (SourceSession<Issue> session = unordered.open("o/r", Cursor.START)) {
      Chunk<Issue> chunk = session.next(10, 0);
      assertThat(chunk.items()).isEmpty();
      assertThat(chunk.last()).isFalse();
      cursor = chunk.next();
      assertThat(cursor.value()).contains("page=10");
    }
    int before = github.requests(url(1));
    try (SourceSession<Issue> session = unordered.open("o/r", cursor)) {
      assertThat(numbers(session.next(10, 0))).containsExactly(pages * PAGE);
    }
    assertThat(github.requests(url(1))).isEqualTo(before);
  }

  private static String url(int page) {
    return byNumber("/issues?per_page=100" + (page == 1 ? "" : "&page=" + page));
  }

  private ResponseDefinitionBuilder linked(ResponseDefinitionBuilder answer, int page, int pages) {
    return page == pages
        ? answer
        : answer.withHeader(
            "Link",
            "<%s%s>; rel=\"next\", <%s%s>; rel=\"last\""
                .formatted(github.url(), url(page + 1), github.url(), url(pages)));
  }
}
