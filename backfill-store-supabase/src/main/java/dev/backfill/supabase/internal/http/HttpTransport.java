package dev.backfill.supabase.internal.http;

import dev.backfill.supabase.internal.http.BoundedBody.BodyTooLargeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges over HTTPS with one project. The key leaves only to the project's own address, since no
 * redirect is followed.
 */
public final class HttpTransport implements RpcTransport {

  /** No answer is larger; a page of 1,000 payloads is the largest. */
  static final int MAX_ANSWER_BYTES = 128 << 20;

  private final ProjectAddress address;
  private final ApiKey key;
  private final @Nullable String schema;
  private final Timeouts timeouts;
  private final ExecutorService executor;
  private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable HttpClient http;

  /**
   * Creates it; sends nothing.
   *
   * @param schema the schema of the functions, or null for the project's default
   */
  public HttpTransport(
      ProjectAddress address, ApiKey key, @Nullable String schema, Timeouts timeouts) {
    this.address = address;
    this.key = key;
    this.schema = schema;
    this.timeouts = timeouts;
    this.executor = Executors.newCachedThreadPool(DaemonThreads.named("backfill-supabase"));
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(address.isHttps() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeouts.connect())
            .executor(executor)
            .build();
  }

  @Override
  public Answer post(String function, byte[] body) throws IOException, InterruptedException {
    HttpClient client = http;
    if (client == null) {
      throw new IllegalStateException("The store is closed.");
    }
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(
            request(function, body),
            info ->
                new BoundedBody(
                    MAX_ANSWER_BYTES,
                    info.headers().firstValueAsLong("content-length").orElse(-1)));
    open.add(exchange);
    try {
      HttpResponse<byte[]> response =
          exchange.get(timeouts.total().toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          response.statusCode(),
          plain(response),
          response.headers().firstValue("retry-after").orElse(null));
    } catch (TimeoutException e) {
      throw new IOException("sent no whole answer within " + seconds(timeouts.total()), e);
    } catch (CancellationException e) {
      throw new IOException("was left without waiting for its answer, as the store closes", e);
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause());
    } finally {
      // Ends the exchange and its connection unless it is complete.
      exchange.cancel(true);
      open.remove(exchange);
    }
  }

  private HttpRequest request(String function, byte[] body) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address.function(function))
            // Projects refuse a secret key from anything that resembles a browser.
            .header("User-Agent", "backfill/" + Version.TEXT)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("Accept-Encoding", "gzip")
            .header("apikey", key.header());
    if (key.isToken()) {
      builder.header("Authorization", "Bearer " + key.header());
    }
    if (schema != null) {
      builder.header("Content-Profile", schema);
    }
    return builder.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
  }

  private static byte[] plain(HttpResponse<byte[]> response) throws IOException {
    boolean gzip =
        response.headers().firstValue("content-encoding").orElse("").equalsIgnoreCase("gzip");
    if (!gzip || response.body().length == 0) {
      return response.body();
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      byte[] plain = in.readNBytes(MAX_ANSWER_BYTES);
      if (in.read() >= 0) {
        throw new BodyTooLargeException(MAX_ANSWER_BYTES);
      }
      return plain;
    }
  }

  /** Separates failures before the request left from those with an unknown outcome. */
  private IOException failed(Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return new NotSentException(
          "could not be reached within " + seconds(timeouts.connect()), false, cause);
    }
    if (cause instanceof ConnectException) {
      boolean unknown = cause.getCause() instanceof UnresolvedAddressException;
      return new NotSentException(
          unknown ? "could not be found by its name" : "could not be reached", false, cause);
    }
    if (isUntrusted(cause)) {
      return new NotSentException("has a certificate that this JVM does not trust", true, cause);
    }
    String detail = cause.getMessage();
    return new IOException(
        "broke off the exchange" + (detail == null ? "" : " (" + redact(detail) + ")"), cause);
  }

  private static boolean isUntrusted(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  @Override
  public String address() {
    return address.toString();
  }

  @Override
  public String redact(String text) {
    return key.redact(text);
  }

  @Override
  public void close() {
    http = null;
    open.forEach(exchange -> exchange.cancel(true));
    executor.shutdown();
  }
}
