package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Client.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits and faults of a simulated GitHub, over real HTTP. */
class BadDayTest {

  private static final String LIST = "/repos/sim/repo/pulls?state=all&per_page=100";

  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
  private final ManualTimeSource time =
      new ManualTimeSource(Instant.parse("2026-01-01T00:00:00.4Z"));
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .timeSource(time)
          .quota(3, Duration.ofSeconds(10))
          .start();
  private final Client client = new Client(github);

  @AfterEach
  void close() {
    github.close();
  }

  @Test
  void aSpentQuotaLimitsUntilTheTimeThatItSays() throws Exception {
    for (int remaining = 2; remaining >= 0; remaining--) {
      assertThat(client.get(LIST).header("x-ratelimit-remaining")).isEqualTo("" + remaining);
    }
    Reply limited = client.get(LIST);
    assertThat(limited.status()).isEqualTo(403);
    assertThat(limited.header("x-ratelimit-remaining")).isEqualTo("0");
    assertThat(limited.object().get("message").toString()).startsWith("API rate limit exceeded");
    assertThat(github.violations()).isZero();

    Instant reset = Instant.ofEpochSecond(Long.parseLong(limited.header("x-ratelimit-reset")));
    time.advance(Duration.between(time.now(), reset));
    assertThat(client.get(LIST).status()).isEqualTo(200);
    assertThat(github.violations()).isZero();
    assertThat(github.limited()).isEqualTo(1);
  }

  @Test
  void whoeverAsksAlthoughLimitedIsCounted() throws Exception {
    for (int i = 0; i < 4; i++) {
      client.get(LIST);
    }
    assertThat(github.violations()).isZero();
    assertThat(client.get(LIST).status()).isEqualTo(403);
    assertThat(client.get(LIST).status()).isEqualTo(403);
    assertThat(github.violations()).isEqualTo(2);
  }

  @Test
  void askingWhatIsLeftCostsNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      Reply reply = client.get("/rate_limit");
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.text()).contains("\"limit\":3").contains("\"remaining\":3");
    }
    assertThat(github.requests(Endpoint.RATE_LIMIT)).isEqualTo(5);
  }

  @Test
  void eachTokenHasAQuotaOfItsOwn() throws Exception {
    for (int i = 0; i < 4; i++) {
      client.get(LIST, "Authorization", "Bearer one");
    }
    assertThat(client.get(LIST, "Authorization", "Bearer two").status()).isEqualTo(200);
    assertThat(client.get(LIST).status()).isEqualTo(200);
  }

  @Test
  void theSecondaryLimitSaysHowLong() throws Exception {
    github.limitNext(Duration.ofSeconds(5));
    Reply limited = client.get(LIST);
    assertThat(limited.status()).isEqualTo(403);
    assertThat(limited.header("retry-after")).isEqualTo("5");
    assertThat(limited.header("x-ratelimit-remaining")).isEqualTo("3");
    assertThat(limited.text()).contains("secondary rate limit");
    time.advance(Duration.ofSeconds(4));
    assertThat(client.get(LIST).header("retry-after")).isEqualTo("1");
    assertThat(github.violations()).isEqualTo(1);
    time.advance(Duration.ofSeconds(1));
    assertThat(client.get(LIST).status()).isEqualTo(200);
  }

  @Test
  void manyAtOnceSpendNoMoreThanThereIs() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Integer> ask = () -> client.get(LIST).status();
      List<Integer> statuses =
          threads.invokeAll(Stream.generate(() -> ask).limit(24).toList()).stream()
              .map(
                  future -> {
                    try {
                      return future.get();
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  })
              .toList();
      assertThat(statuses.stream().filter(status -> status == 200)).hasSize(3);
      assertThat(github.requests()).isEqualTo(24);
      assertThat(github.limited()).isEqualTo(21);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void failuresComeAsOftenAsAskedFor() throws Exception {
    github.failNext(1, 502);
    github.failNext(1, 500);
    Reply gateway = client.get(LIST);
    assertThat(gateway.status()).isEqualTo(502);
    assertThat(gateway.text()).startsWith("<!DOCTYPE html>");
    Reply server = client.get(LIST);
    assertThat(server.status()).isEqualTo(500);
    assertThat(server.object()).containsEntry("message", "Server Error");
    assertThat(client.get(LIST).status()).isEqualTo(200);
    assertThat(github.log())
        .extracting(SimulatedGitHub.Exchange::status)
        .containsExactly(502, 500, 200);
    assertThat(github.log().get(0).target()).isEqualTo(LIST);
  }

  @Test
  void aCutAndADroppedAnswerFailTheirClient() throws Exception {
    github.truncateNext();
    assertThatThrownBy(() -> client.get(LIST)).isInstanceOf(IOException.class);
    github.dropNext();
    // The JDK's client may ask again on its own when a connection ends before an answer.
    try {
      client.get(LIST);
    } catch (IOException e) {
      assertThat(e).isNotNull();
    }
    assertThat(client.get("/rate_limit").status()).isEqualTo(200);
  }

  @Test
  void aStalledAnswerNeverComes() {
    github.stallNext();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(github.url() + LIST))
            .timeout(Duration.ofMillis(300))
            .build();
    assertThatThrownBy(
            () -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void aPoisonedPullRequestIsShownByTheListOnly() throws Exception {
    int number = repository.numbers().skip(5).findFirst().orElseThrow();
    github.poison(number);
    assertThat(client.get("/repos/sim/repo/pulls/" + number).status()).isEqualTo(502);
    assertThat(client.get(LIST + "&direction=asc").text()).contains("\"number\":" + number + ",");
    github.heal(number);
    assertThat(client.get("/repos/sim/repo/pulls/" + number).status()).isEqualTo(200);
  }

  @Test
  void anEndpointAnswersOneRequestWrongly() throws Exception {
    github.answerNext(Endpoint.PULL_REQUESTS, WrongAnswer.EMPTY);
    github.answerNext(Endpoint.PULL_REQUESTS, WrongAnswer.NOTHING);
    assertThat(client.get("/repos/sim/repo").status()).isEqualTo(200);
    Reply empty = client.get(LIST);
    assertThat(empty.status()).isEqualTo(200);
    assertThat(empty.http().body()).isEmpty();
    assertThat(empty.header("etag")).isEmpty();
    Reply nothing = client.get(LIST);
    assertThat(nothing.text()).isEqualTo("[]");
    assertThat(nothing.header("link")).isEmpty();
  }

  @Test
  void nobodyListensAfterwards() throws Exception {
    client.get(LIST);
    github.close();
    github.close();
    assertThatThrownBy(() -> client.get(LIST)).isInstanceOf(ConnectException.class);
  }
}
