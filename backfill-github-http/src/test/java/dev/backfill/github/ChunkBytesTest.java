package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedGitHub.Exchange;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Chunks tell how much text they were read from, which a policy bounds. */
class ChunkBytesTest {

  private static final String TARGET = "sim/repo";
  private static final String TOKEN = "ghp_reader";

  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(SimulatedRepository.of(TARGET, 230))
          .token(TOKEN)
          .start();
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token(TOKEN).maxConcurrency(4).build();

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private static <T> List<Chunk<T>> history(SourceSession<T> session) throws InterruptedException {
    List<Chunk<T>> chunks = new ArrayList<>();
    Chunk<T> chunk;
    do {
      chunk = session.next(25, 0);
      if (chunk.phase() == Phase.HISTORY && !chunk.items().isEmpty()) {
        chunks.add(chunk);
      }
    } while (!chunk.last() && chunk.phase() == Phase.HISTORY);
    return chunks;
  }

  private static long total(List<? extends Chunk<?>> chunks) {
    return chunks.stream().mapToLong(Chunk::bytes).sum();
  }

  /** The size of what was asked for, asked for again without compression. */
  private long answered(Predicate<String> selected) throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    long size = 0;
    // A page that is asked for again with its version is answered without a text.
    for (String target : github.log().stream().map(Exchange::target).distinct().toList()) {
      if (selected.test(target)) {
        URI uri = github.url().resolve(target);
        size +=
            http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray())
                .body()
                .length;
      }
    }
    assertThat(size).isPositive();
    return size;
  }

  private static boolean isHistory(String target) {
    return target.contains("sort=created&direction=asc");
  }

  @Test
  void ofAListEachItemHasItsShareOfThePage() throws Exception {
    List<? extends Chunk<?>> chunks;
    try (SourceSession<?> session = client.pullRequests(Set.of()).open(TARGET, Cursor.START)) {
      chunks = history(session);
    }
    assertThat(total(chunks)).isCloseTo(answered(ChunkBytesTest::isHistory), within(230L));
    double normal = (double) total(chunks) / 230;
    assertThat(chunks)
        .allSatisfy(
            chunk ->
                assertThat((double) chunk.bytes() / chunk.items().size())
                    .isBetween(normal * 0.7, normal * 1.3));
  }

  @Test
  void detailsAndReviewsCountForTheItemThatTheyAreOf() throws Exception {
    PullSource<?> source =
        client.pullRequests(Set.of(PullRequestExtra.values()), GitHubTransport.REST);
    List<? extends Chunk<?>> chunks;
    try (SourceSession<?> session = source.open(TARGET, Cursor.START)) {
      chunks = history(session);
    }
    assertThat(total(chunks))
        .isCloseTo(
            answered(target -> isHistory(target) || target.matches(".*/pulls/[0-9]+.*")),
            within(230L));
  }

  @Test
  void anAnswerToAQueryIsSharedByItsItems() throws Exception {
    PullSource<?> source =
        client.pullRequests(Set.of(PullRequestExtra.values()), GitHubTransport.GRAPHQL);
    List<? extends Chunk<?>> chunks;
    try (SourceSession<?> session = source.open(TARGET, Cursor.START)) {
      chunks = history(session);
    }
    // A whole page is some 25 times an item.
    assertThat(chunks)
        .allSatisfy(
            chunk -> assertThat(chunk.bytes() / chunk.items().size()).isBetween(500L, 10_000L));
  }

  @Test
  void anItemThatIsReadAgainHasItsAnswers() throws Exception {
    PullSource<?> source = client.pullRequests(Set.of(PullRequestExtra.DETAILS));
    Chunk<?> chunk;
    try (SourceSession<?> session =
        source.openByKeys(TARGET, List.of("7", "8"), Cursor.START).orElseThrow()) {
      chunk = session.next(25, 0);
    }
    assertThat(chunk.bytes()).isEqualTo(answered(target -> target.matches(".*/pulls/[78]")));
  }

  @Test
  void commentsCountTheirPages() throws Exception {
    List<? extends Chunk<?>> chunks;
    try (SourceSession<?> session = client.issueComments().open(TARGET, Cursor.START)) {
      chunks = history(session);
    }
    int items = chunks.stream().mapToInt(chunk -> chunk.items().size()).sum();
    // The look at what has changed is since this year.
    assertThat(total(chunks))
        .isCloseTo(
            answered(target -> target.matches(".*/comments\\?(?!.*since=202).*")),
            within((long) items));
  }
}
