package dev.backfill.github.internal.http;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.http.BoundedBody.BodyTooLargeException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sends one request and brings its answer, whatever it says, within its deadlines. */
final class Transport implements AutoCloseable {

  static final long MAX_BODY_BYTES = 64L << 20;

  private final CompletableFuture<HttpClient> http;
  private final ApiAddress address;
  private final Credentials credentials;
  private final Deadlines deadlines;
  private final long maxBodyBytes;
  private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Transport(
      ApiAddress address,
      Credentials credentials,
      Deadlines deadlines,
      Executor executor,
      long maxBodyBytes) {
    this.address = address;
    this.credentials = credentials;
    this.deadlines = deadlines;
    this.maxBodyBytes = maxBodyBytes;
    // Beside what else there is to begin with, since it takes longer.
    this.http = CompletableFuture.supplyAsync(() -> client(address, deadlines, executor), executor);
  }

  private static HttpClient client(ApiAddress address, Deadlines deadlines, Executor executor) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            // By hand, so that the token goes to nobody else.
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(address.isHttps() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .connectTimeout(deadlines.connect())
            .executor(executor);
    if (!address.isHttps()) {
      // Nothing leaves for another origin, so nothing is ever encrypted.
      builder.sslContext(NoTls.context());
    }
    return builder.build();
  }

  /**
   * Sends a request.
   *
   * @param token who asks, or null for nobody
   * @throws TransientFailureException when there is no whole answer in time
   */
  RawResponse send(Call call, @Nullable String token) throws InterruptedException {
    URI uri = call.uri();
    if (closed) {
      throw new IllegalStateException("the GitHub client is closed");
    }
    if (!address.hasSameOrigin(uri)) {
      throw address.untrusted(uri);
    }
    CompletableFuture<Void> headersArrived = new CompletableFuture<>();
    BodyHandler<byte[]> handler =
        info -> {
          headersArrived.complete(null);
          return new BoundedBody(
              maxBodyBytes, info.headers().firstValueAsLong("content-length").orElse(-1));
        };
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.join().sendAsync(request(call, token), handler);
    open.add(exchange);
    try {
      // Two copies, since a time-out would complete the exchange itself and leave it running.
      CompletableFuture<HttpResponse<byte[]>> whole = exchange.copy();
      whole.orTimeout(deadlines.total().toMillis(), TimeUnit.MILLISECONDS);
      await(CompletableFuture.anyOf(headersArrived, whole), deadlines.headers(), call);
      HttpResponse<byte[]> response = await(whole, null, call);
      return new RawResponse(uri, response.statusCode(), response.headers(), response.body());
    } finally {
      // Ends the exchange and its connection unless it is complete.
      exchange.cancel(true);
      open.remove(exchange);
    }
  }

  private static HttpRequest request(Call call, @Nullable String token) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(call.uri())
            .header("User-Agent", "backfill/" + Version.TEXT)
            .header("Accept", "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28")
            .header("Accept-Encoding", "gzip");
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    if (call.etag() != null) {
      builder.header("If-None-Match", call.etag());
    }
    if (call.body() == null) {
      return builder.GET().build();
    }
    return builder
        .header("Content-Type", "application/json")
        .method(call.method(), HttpRequest.BodyPublishers.ofByteArray(call.body()))
        .build();
  }

  private <T> T await(CompletableFuture<T> future, @Nullable Duration limit, Call call)
      throws InterruptedException {
    try {
      return limit == null ? future.get() : future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed(call, "did not begin to answer within " + text(limit), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failed(call, describe(cause), cause);
    } catch (CancellationException e) {
      throw failed(call, "was given up, since the client is being closed", e);
    }
  }

  private String describe(Throwable cause) {
    if (cause instanceof TimeoutException) {
      return "did not finish its answer within " + text(deadlines.total());
    }
    if (cause instanceof HttpConnectTimeoutException) {
      return "could not be reached within " + text(deadlines.connect());
    }
    if (cause instanceof ConnectException) {
      return cause.getCause() instanceof UnresolvedAddressException
          ? "could not be found by its name"
          : "could not be reached";
    }
    if (cause instanceof BodyTooLargeException) {
      return "sent an answer larger than " + maxBodyBytes + " bytes, which no answer should be";
    }
    String detail = cause.getMessage();
    return "broke off the exchange" + (detail == null ? "" : " (" + detail + ")");
  }

  private TransientFailureException failed(Call call, String what, Throwable cause) {
    String sentence =
        "GitHub at " + address + " " + what + ", asked for " + call.uri().getRawPath();
    String consequence =
        call.isWrite() ? Failures.PERHAPS : "; what is stored is kept, and trying again is safe";
    return new TransientFailureException(
        credentials.redact(sentence) + consequence + ": check the network if it lasts",
        credentials.shown(cause));
  }

  private static String text(@Nullable Duration duration) {
    return String.valueOf(duration).substring(2).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(exchange -> exchange.cancel(true));
  }
}
