package dev.backfill.github.internal.transport;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.transport.BoundedBody.BodyTooLargeException;
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
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sends one request and returns its response, whatever it contains, within its deadlines. */
public final class HttpTransport implements AutoCloseable {

  public static final long MAX_BODY_BYTES = 64L << 20;

  private volatile @Nullable CompletableFuture<HttpClient> http;
  private final ApiAddress address;
  private final Credentials credentials;
  private final Deadlines deadlines;
  private final ProxyRoute proxy;
  private final ApiPrefix prefix;

  /** The JVM's own timer would keep the class loader of the host that used it first. */
  private final ScheduledThreadPoolExecutor timer;

  private final long maxBodyBytes;
  private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

  public HttpTransport(
      ApiAddress address,
      Credentials credentials,
      Network network,
      Executor executor,
      long maxBodyBytes) {
    this.address = address;
    this.credentials = credentials;
    this.deadlines = network.deadlines();
    this.proxy = network.proxy();
    this.prefix = new ApiPrefix(address);
    this.timer = new ScheduledThreadPoolExecutor(1, DaemonThreads.named("backfill-github-timer"));
    timer.setRemoveOnCancelPolicy(true);
    this.maxBodyBytes = maxBodyBytes;
    // In parallel with the other initialisation, since it takes longer.
    this.http = CompletableFuture.supplyAsync(() -> network.client(address, executor), executor);
  }

  /**
   * Sends a request.
   *
   * @param token the token to send, or null for none
   * @throws TransientFailureException if there is no whole response in time
   * @throws PermanentFailureException if no request can be sent before a user changes something
   */
  public RawResponse send(Request request, @Nullable String token) throws InterruptedException {
    RawResponse response = exchange(prefix.applied(request), token);
    Request retry = prefix.retry(request, response);
    if (retry == null) {
      return response;
    }
    RawResponse second = exchange(retry, token);
    return prefix.adopt(second) ? second : response;
  }

  private RawResponse exchange(Request request, @Nullable String token)
      throws InterruptedException {
    URI uri = request.uri();
    CompletableFuture<HttpClient> client = http;
    if (client == null) {
      throw new IllegalStateException("The GitHub client is closed.");
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
        client.join().sendAsync(request(request, token), handler);
    open.add(exchange);
    // Two copies, since a time-out would complete the exchange itself and leave it running.
    CompletableFuture<HttpResponse<byte[]>> whole = exchange.copy();
    Future<?> limit = limit(whole);
    try {
      await(CompletableFuture.anyOf(headersArrived, whole), deadlines.headers(), request);
      HttpResponse<byte[]> response = await(whole, null, request);
      return new RawResponse(uri, response.statusCode(), response.headers(), response.body());
    } finally {
      limit.cancel(false);
      // Ends the exchange and its connection unless it is complete.
      exchange.cancel(true);
      open.remove(exchange);
    }
  }

  private Future<?> limit(CompletableFuture<?> whole) {
    try {
      return timer.schedule(
          () -> whole.completeExceptionally(new TimeoutException()),
          deadlines.total().toMillis(),
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      whole.cancel(false);
      return whole;
    }
  }

  private HttpRequest request(Request request, @Nullable String token) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri())
            .header("User-Agent", "backfill/" + Version.TEXT)
            .header("Accept", "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28")
            .header("Accept-Encoding", "gzip");
    String login = proxy.authorization();
    if (login != null) {
      builder.header("Proxy-Authorization", login);
    }
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    if (request.etag() != null) {
      builder.header("If-None-Match", request.etag());
    }
    if (request.body() == null) {
      return builder.GET().build();
    }
    return builder
        .header("Content-Type", "application/json")
        .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()))
        .build();
  }

  private <T> T await(CompletableFuture<T> future, @Nullable Duration limit, Request request)
      throws InterruptedException {
    try {
      return limit == null ? future.get() : future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed(request, "did not begin its response within " + text(limit), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failed(request, describe(cause), cause);
    } catch (CancellationException e) {
      throw failed(request, "was cancelled, since the client is being closed", e);
    }
  }

  private String describe(Throwable cause) {
    if (cause instanceof TimeoutException) {
      return "did not finish its response within " + text(deadlines.total());
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
      return "sent a response larger than " + maxBodyBytes + " bytes, the max";
    }
    String detail = cause.getMessage();
    return "broke off the exchange" + (detail == null ? "" : " (" + detail + ")");
  }

  private BackfillException failed(Request request, String what, Throwable cause) {
    String untrusted = TlsFailure.of(cause);
    if (untrusted != null) {
      return new PermanentFailureException(
          Reason.UNTRUSTED_ADDRESS,
          credentials.redact("GitHub at " + address + " " + untrusted),
          credentials.shown(cause));
    }
    String sentence =
        "GitHub at " + address + proxy + " " + what + ". Request: " + request.uri().getRawPath();
    String consequence =
        request.isWrite() ? ErrorTranslator.PERHAPS : ". Stored items stay. Trying again is safe.";
    return new TransientFailureException(
        credentials.redact(sentence) + consequence + " Check the network if it lasts.",
        credentials.shown(cause));
  }

  private static String text(@Nullable Duration duration) {
    return String.valueOf(duration).substring(2).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    CompletableFuture<HttpClient> client = http;
    http = null;
    open.forEach(exchange -> exchange.cancel(true));
    timer.shutdownNow();
    if (client != null) {
      client.thenAccept(HttpTransport::release);
    }
  }

  /**
   * Ends the client's threads if Java can do that (from 21 on); otherwise they end by themselves.
   */
  private static void release(HttpClient client) {
    if (client instanceof AutoCloseable closeable) {
      boolean interrupted = Thread.interrupted();
      // If interrupted, close() cancels running requests instead of waiting for them.
      Thread.currentThread().interrupt();
      try {
        closeable.close();
      } catch (Exception e) {
        // The client's threads end after it becomes unreachable.
      } finally {
        Thread.interrupted();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
