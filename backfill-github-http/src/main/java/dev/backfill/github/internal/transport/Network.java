package dev.backfill.github.internal.transport;

import java.net.http.HttpClient;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The network settings of a client.
 *
 * @param deadlines the max times of an exchange
 * @param proxy the proxy in between
 * @param authorities trusted beside those of the JVM; null for none
 * @param given sends the requests; null to create a client
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
            // The transport follows redirects itself, so that the token is sent nowhere else.
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(address.isHttps() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .connectTimeout(deadlines.connect())
            .executor(executor);
    if (!address.isHttps()) {
      // Nothing is sent to another origin, so nothing is ever encrypted.
      builder.sslContext(NoTls.context());
    } else if (authorities != null) {
      builder.sslContext(authorities.context());
    }
    proxy.configure(builder);
    return proxy.build(builder);
  }
}
