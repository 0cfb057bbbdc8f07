package dev.backfill.github.internal.transport;

import java.net.http.HttpClient;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the API.
 *
 * @param deadlines how long an exchange may take
 * @param proxy the proxy in between
 * @param authorities trusted beside those of the JVM; null for none
 * @param given what sends the requests instead; null for a client of its own
 */
public record Network(
    Deadlines deadlines,
    ProxyRoute proxy,
    @Nullable Authorities authorities,
    @Nullable HttpClient given) {

  HttpClient client(ApiAddress address, Executor executor) {
    if (given != null) {
      return given;
    }
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
    } else if (authorities != null) {
      builder.sslContext(authorities.context());
    }
    proxy.configure(builder);
    return proxy.build(builder);
  }
}
