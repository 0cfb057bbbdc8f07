package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NetworkTest {

  private static final GitHubTimeouts SHORT =
      new GitHubTimeouts(Duration.ofSeconds(2), Duration.ofMillis(1500), Duration.ofMillis(2500));

  private final Stub github = new Stub(GitHub.builder().timeouts(SHORT));

  @AfterEach
  void close() {
    github.close();
  }

  @Test
  void requirement30_anAnswerThatDoesNotBeginInTimeIsTransient() {
    github.answer(LIST, ok("[]").withFixedDelay(10_000));
    assertTransient(github.client, "did not begin its response within 1.5s");
  }

  @Test
  void anAnswerThatTricklesIsGivenUpAfterTheTotalTime() {
    github.answer(LIST, ok("[" + " ".repeat(2000) + "]").withChunkedDribbleDelay(100, 20_000));
    assertTransient(github.client, "did not finish its response within 2.5s");
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aBrokenExchangeIsTransient(Fault fault) {
    github.answer(LIST, aResponse().withFault(fault));
    assertTransient(github.client, "Stored items stay");
  }

  /** An error such as too little memory, in the middle of an answer. */
  @Test
  void anErrorGivesItsPlaceBackToOthers() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    TimeSource time =
        new TimeSource() {
          @Override
          public Instant now() {
            if (fails.getAndSet(false)) {
              throw new OutOfMemoryError("as if");
            }
            return github.time.now();
          }

          @Override
          public long nanoTime() {
            return github.time.nanoTime();
          }

          @Override
          public void sleep(Duration duration) throws InterruptedException {
            github.time.sleep(duration);
          }
        };
    github.answer("/thing", ok("{}"));
    github.server.addMockServiceRequestListener((request, response) -> fails.set(true));
    try (GitHub client =
        GitHub.builder().maxConcurrency(1).timeSource(time).apiUrl(github.url()).build()) {
      GitHubApi api = client.sharedResources().api();
      RequestBudget budget = new RequestBudget(0, new LongAdder());
      for (int tries = 0; tries < 3; tries++) {
        assertThatThrownBy(() -> api.get("/thing", budget)).isInstanceOf(OutOfMemoryError.class);
      }
    }
  }

  @Test
  void aBodyThatIsShorterThanAnnouncedIsTransient() throws Exception {
    try (RawServer server =
        new RawServer(out -> out.write(head("Content-Length: 100\r\n", "[{\"id\":1}")))) {
      assertTransient(server, "broke off");
    }
  }

  @Test
  void aBodyThatDoesNotEndIsGivenUpWhenItIsTooLarge() throws Exception {
    try (RawServer server =
        new RawServer(
            out -> {
              out.write(head("", "["));
              byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
              while (true) {
                out.write(spaces);
              }
            })) {
      GitHubTimeouts patient =
          new GitHubTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(40));
      assertTransient(server, patient, "larger than 67108864 bytes");
    }
  }

  @Test
  void aCompressedAnswerThatUnpacksWithoutEndIsGivenUp() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 200; i++) {
        gzip.write(spaces);
      }
    }
    github.answer(LIST, gzip(bytes.toByteArray()));
    GitHubTimeouts patient = GitHubTimeouts.DEFAULT;
    try (GitHub client = GitHub.builder().apiUrl(github.url()).timeouts(patient).build()) {
      assertTransient(client, "damaged or incomplete");
    }
  }

  private static ResponseDefinitionBuilder gzip(byte[] body) {
    return aResponse().withHeader("Content-Encoding", "gzip").withBody(body);
  }

  @Test
  void aCompressedAnswerIsUnpacked() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(("[" + Stub.pullRequest(1) + "]").getBytes(StandardCharsets.UTF_8));
    }
    github.answer(LIST, gzip(bytes.toByteArray()));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(10, 0))).isEqualTo(range(1, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "deflate"})
  void anEncodingThatIsNotWhatItSaysIsTransient(String encoding) throws Exception {
    try (RawServer server =
        new RawServer(
            out ->
                out.write(
                    head("Content-Encoding: " + encoding + "\r\nContent-Length: 2\r\n", "[]")))) {
      assertTransient(server, "damaged or incomplete");
    }
  }

  @Test
  void aHostThatRefusesIsTransient() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (GitHub client = GitHub.builder().apiUrl(URI.create("http://localhost:" + port)).build()) {
      assertTransient(client, "could not be reached");
    }
  }

  @Test
  void aNameThatNobodyKnowsIsTransient() {
    try (GitHub client =
        GitHub.builder().apiUrl(URI.create("http://no-such-host.invalid")).build()) {
      assertTransient(client, "could not be");
    }
  }

  @Test
  void anInterruptEndsAWaitForTheNetworkAtOnce() throws Exception {
    github.answer(LIST, ok("[]").withFixedDelay(20_000));
    try (Stub patient = new Stub();
        SourceSession<PullRequest> session = patient.open(Cursor.START)) {
      patient.answer(LIST, ok("[" + Stub.pullRequest(1) + "]").withFixedDelay(20_000));
      Thread caller = Thread.currentThread();
      Thread interrupter =
          new Thread(
              () -> {
                while (patient.requests("/repos/o/r") == 0) {
                  Thread.onSpinWait();
                }
                caller.interrupt();
              });
      interrupter.start();
      assertThatThrownBy(() -> session.next(1, 0)).isInstanceOf(InterruptedException.class);
      interrupter.join();
      patient.answer(LIST, ok("[" + Stub.pullRequest(1) + "]"));
      Chunk<PullRequest> chunk = session.next(1, 0);
      assertThat(numbers(chunk)).isEqualTo(range(1, 1));
    }
  }

  @Test
  void closingTheClientEndsWhatIsUnderWay() throws Exception {
    Stub patient = new Stub();
    patient.answer(LIST, ok("[]").withFixedDelay(20_000));
    SourceSession<PullRequest> session = patient.open(Cursor.START);
    Thread closer =
        new Thread(
            () -> {
              while (patient.requests("/repos/o/r") == 0) {
                Thread.onSpinWait();
              }
              patient.client.close();
            });
    closer.start();
    assertThatThrownBy(() -> session.next(1, 0))
        .isInstanceOfAny(BackfillException.class, IllegalStateException.class);
    closer.join();
    patient.close();
  }

  @Test
  void a401WithoutAChallengeIsUnderstood() {
    github.answer(LIST, Stub.status(401, "Bad credentials"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThatThrownBy(() -> session.next(1, 0)).hasMessageContaining("Bad credentials");
    }
  }

  private static void assertTransient(RawServer server, String message) {
    assertTransient(server, SHORT, message);
  }

  private static void assertTransient(RawServer server, GitHubTimeouts timeouts, String message) {
    try (GitHub client = GitHub.builder().apiUrl(server.url()).timeouts(timeouts).build()) {
      assertTransient(client, message);
    }
  }

  private static void assertTransient(GitHub client, String message) {
    try (SourceSession<PullRequest> session =
        client.pullRequests(Set.of()).open("o/r", Cursor.START)) {
      assertThatThrownBy(() -> session.next(10, 0))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining(message);
    }
  }

  private static byte[] head(String headers, String body) {
    return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers + "\r\n" + body)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Answers in ways that no server library would. */
  private static final class RawServer implements AutoCloseable {

    interface Behaviour {
      void answer(OutputStream out) throws IOException;
    }

    private final ServerSocket socket = new ServerSocket(0);

    RawServer(Behaviour behaviour) throws IOException {
      Thread thread =
          new Thread(
              () -> {
                while (!socket.isClosed()) {
                  try (Socket connection = socket.accept()) {
                    connection.getInputStream().read(new byte[8192]);
                    behaviour.answer(connection.getOutputStream());
                  } catch (IOException e) {
                    // The client has had enough.
                  }
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    URI url() {
      return URI.create("http://localhost:" + socket.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
