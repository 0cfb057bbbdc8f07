package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.source.Cursor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientConfigurationTest {

  @Test
  void aTokenDoesNotGoOverPlainHttpToAnotherMachine() {
    GitHub.Builder builder =
        GitHub.builder().apiUrl(URI.create("http://ghe.example.com/api/v3")).token(Stub.TOKEN);
    assertThatThrownBy(builder::build)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("Use https")
        .hasMessageNotContaining(Stub.TOKEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:8080", "http://127.0.0.1:1", "https://ghe.example.com/api/v3/"})
  void aTokenGoesToThisMachineAndOverHttps(URI url) {
    assertThatCode(() -> GitHub.builder().apiUrl(url).token(Stub.TOKEN).build().close())
        .doesNotThrowAnyException();
  }

  @Test
  void withoutATokenPlainHttpIsNobodysBusiness() {
    assertThatCode(
            () -> GitHub.builder().apiUrl(URI.create("http://ghe.example.com")).build().close())
        .doesNotThrowAnyException();
  }

  @Test
  void noTextShowsTheToken() {
    GitHub.Builder builder = GitHub.builder().token(Stub.TOKEN);
    try (GitHub client = builder.build()) {
      assertThat(client + " " + builder + " " + client.sharedResources())
          .doesNotContain(Stub.TOKEN)
          .contains("a token", "https://api.github.com");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "line\nbreak", "caf\u00e9", "tab\there"})
  void aTokenWithACharacterThatNoTokenHasIsRefusedAndNotRepeated(String token) {
    assertThatThrownBy(() -> GitHub.builder().token(token))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageNotContaining(token);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 101})
  void theDetailConcurrencyHasBounds(int value) {
    assertThatThrownBy(() -> GitHub.builder().detailConcurrency(value))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("is " + value)
        .hasMessageContaining("from 1 to 100");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 101})
  void theConcurrencyHasBounds(int value) {
    assertThatThrownBy(() -> GitHub.builder().maxConcurrency(value))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("The concurrency is " + value)
        .hasMessageContaining("from 1 to 100");
    assertThatThrownBy(() -> GitHub.builder().graphQlConcurrency(value))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("The GraphQL concurrency is " + value);
    assertThatThrownBy(() -> GitHub.builder().pointsPerMinute(Math.min(0, value), 1))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("1 or more");
  }

  @Test
  void aTokenAmongSeveralAndTheKeyOfAnAppDoNotGoOverPlainHttpEither() {
    URI url = URI.create("http://ghe.example.com/api/v3");
    assertThatThrownBy(GitHub.builder().apiUrl(url).tokens(List.of(Stub.TOKEN))::build)
        .hasMessageContaining("Use https");
    assertThatThrownBy(GitHub.builder().apiUrl(url).app(GitHubApp.of("7", Keys.pkcs1()))::build)
        .hasMessageContaining("Use https");
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT30S, PT60S, connect", "PT1S, PT-1S, PT60S, read", "PT1S, PT1S, PT2H, total"})
  void timeoutsHaveBounds(Duration connect, Duration read, Duration total, String name) {
    assertThatThrownBy(() -> new GitHubTimeouts(connect, read, total))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("\"" + name + "\"")
        .hasMessageContaining("from 1 ms to 1 hour");
  }

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    assertThat(GitHubTimeouts.DEFAULT)
        .isEqualTo(
            new GitHubTimeouts(
                Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60)));
    assertThat(GitHub.DEFAULT_DETAIL_CONCURRENCY).isEqualTo(4);
  }

  @Test
  void aTargetThatIsNoNameIsRefusedWhenItIsOpened() {
    try (GitHub client = GitHub.builder().build()) {
      assertThatThrownBy(() -> client.pullRequests(Set.of()).open("kafka", Cursor.START))
          .isInstanceOf(InvalidConfigurationException.class);
    }
  }

  @Test
  void sourcesHaveTheirNames() {
    try (GitHub client = GitHub.builder().build()) {
      assertThat(client.pullRequests(Set.of()).name()).isEqualTo("github:pull-requests");
      assertThat(client.reviewComments().name()).isEqualTo("github:review-comments");
      assertThat(client.issueComments().name()).isEqualTo("github:issue-comments");
    }
  }

  @Test
  void aClosedClientSaysSo() {
    GitHub client = GitHub.builder().build();
    client.close();
    client.close();
    try (var pull = client.reviewComments().open("o/r", Cursor.START)) {
      assertThatThrownBy(() -> pull.next(1, 0)).isInstanceOf(IllegalStateException.class);
    }
  }
}
