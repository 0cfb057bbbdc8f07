package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.http.Connection;
import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Asks a {@link SimulatedGitHub} in the calling thread and without a socket, so that a request
 * costs microseconds and a world is a function of its seed. Something can happen before and after
 * each request.
 */
public final class InProcessHttp extends HttpClient {

  /** Happens around each request. */
  public interface Around {

    /** Happens before the server has the request; returns what that meets. */
    Fate before(Sent sent) throws InterruptedException;

    /** Happens when the answer is ready, before the client knows it. */
    void after(Sent sent, Seen seen) throws InterruptedException;
  }

  /**
   * A request.
   *
   * @param uri where it goes to
   * @param endpoint what it is about
   * @param question the same for requests that ask the same
   * @param at when the client sent it
   */
  public record Sent(URI uri, Endpoint endpoint, String question, Instant at) {

    /** Returns whether it is a GraphQL query, which has limits of its own. */
    public boolean isQuery() {
      return endpoint == Endpoint.GRAPHQL;
    }
  }

  /**
   * An answer.
   *
   * @param status the status; 0 when the connection ended instead
   * @param until until when nothing more may be sent, or null when it names no such time
   */
  public record Seen(int status, @Nullable Instant until) {}

  /**
   * What a request meets.
   *
   * @param wrong how it is answered wrongly, or null
   * @param cut whether the connection ends in the middle of the answer
   */
  public record Fate(@Nullable WrongAnswer wrong, boolean cut) {

    /** Nothing goes wrong. */
    public static final Fate GOOD = new Fate(null, false);
  }

  private final Connection.Handler server;
  private final TimeSource time;
  private final Around around;
  private final boolean compressed;

  private InProcessHttp(
      SimulatedGitHub github, TimeSource time, Around around, boolean compressed) {
    this.server = github.handler();
    this.time = time;
    this.around = around;
    this.compressed = compressed;
  }

  /** Makes a simulation that does not listen. */
  public static SimulatedGitHub without(SimulatedGitHub.Builder builder) {
    return builder.withoutSockets();
  }

  /** Refuses every pull request that a query asks for, or ends that. */
  public static void forbidNodes(SimulatedGitHub github, boolean forbid) {
    github.forbidNodes(forbid);
  }

  /**
   * Makes a client.
   *
   * @param compressed whether answers come as gzip
   */
  public static HttpClient of(
      SimulatedGitHub github, TimeSource time, Around around, boolean compressed) {
    return new InProcessHttp(github, time, around, compressed);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    try {
      return CompletableFuture.completedFuture(exchange(request, handler));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedFuture(new IOException("interrupted", e));
    }
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    Request requested = requestOf(request);
    Route route = Route.of(requested.path());
    String question = requested.target() + new String(requested.body(), StandardCharsets.UTF_8);
    Sent sent = new Sent(request.uri(), route.endpoint(), question, time.now());
    Fate fate = around.before(sent);
    List<Runnable> reported = new ArrayList<>();
    Response response = server.handle(requested, reported::add);
    if (fate.wrong() != null && response.status() < 400) {
      response = fate.wrong().insteadOf(response, route.endpoint());
    }
    if (fate.cut()) {
      response = response.delivered(Response.Delivery.CUT);
    }
    boolean dropped = response.delivery() == Response.Delivery.DROPPED;
    boolean whole = response.delivery() == Response.Delivery.WHOLE;
    around.after(sent, whole ? new Seen(response.status(), until(response)) : new Seen(0, null));
    reported.forEach(Runnable::run);
    if (dropped) {
      throw new IOException("connection reset");
    }
    return new Delivered<>(
        request, response.status(), headers(response), body(response, handler, whole));
  }

  private Request requestOf(HttpRequest request) {
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    if (!compressed) {
      headers.remove("accept-encoding");
    }
    URI uri = request.uri();
    String query = uri.getRawQuery();
    String target = uri.getRawPath() + (query == null ? "" : "?" + query);
    byte[] body = request.bodyPublisher().map(InProcessHttp::bytes).orElse(new byte[0]);
    return Request.of(request.method(), target, headers, body);
  }

  private @Nullable Instant until(Response response) {
    Map<String, String> headers = response.headers();
    String wait = headers.get("Retry-After");
    if (response.status() >= 400 && wait != null) {
      return wait.chars().allMatch(Character::isDigit)
          ? time.now().plusSeconds(Long.parseLong(wait))
          : ZonedDateTime.parse(wait, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }
    boolean spent = "0".equals(headers.get("X-RateLimit-Remaining"));
    return (response.status() == 403 || response.status() == 429) && spent
        ? Instant.ofEpochSecond(Long.parseLong(headers.get("X-RateLimit-Reset")))
        : null;
  }

  private static HttpHeaders headers(Response response) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    response.headers().forEach((name, value) -> all.put(name, List.of(value)));
    all.put("Content-Length", List.of(Integer.toString(response.body().length)));
    return HttpHeaders.of(all, (name, value) -> true);
  }

  private static <T> T body(Response response, BodyHandler<T> handler, boolean whole)
      throws IOException {
    HttpHeaders headers = headers(response);
    HttpResponse.BodySubscriber<T> subscriber =
        handler.apply(
            new HttpResponse.ResponseInfo() {
              @Override
              public int statusCode() {
                return response.status();
              }

              @Override
              public HttpHeaders headers() {
                return headers;
              }

              @Override
              public Version version() {
                return Version.HTTP_1_1;
              }
            });
    if (!whole) {
      throw new IOException("connection reset within the answer");
    }
    subscriber.onSubscribe(Nothing.MORE);
    subscriber.onNext(List.of(ByteBuffer.wrap(response.body())));
    subscriber.onComplete();
    return subscriber.getBody().toCompletableFuture().join();
  }

  private static byte[] bytes(HttpRequest.BodyPublisher publisher) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    publisher.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(ByteBuffer buffer) {
            byte[] part = new byte[buffer.remaining()];
            buffer.get(part);
            bytes.writeBytes(part);
          }

          @Override
          public void onError(Throwable error) {
            throw new IllegalStateException(error);
          }

          @Override
          public void onComplete() {}
        });
    return bytes.toByteArray();
  }

  private enum Nothing implements Flow.Subscription {
    MORE;

    @Override
    public void request(long items) {}

    @Override
    public void cancel() {}
  }

  private record Delivered<T>(HttpRequest request, int statusCode, HttpHeaders headers, T body)
      implements HttpResponse<T> {

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return request.uri();
    }

    @Override
    public Version version() {
      return Version.HTTP_1_1;
    }
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> promises) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.empty();
  }

  @Override
  public Redirect followRedirects() {
    return Redirect.NEVER;
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.empty();
  }

  @Override
  public SSLContext sslContext() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SSLParameters sslParameters() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.empty();
  }

  @Override
  public Version version() {
    return Version.HTTP_1_1;
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.empty();
  }
}
