package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.backfill.github.Stub.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate of an authority that no JVM knows. */
@Timeout(60)
class PrivateAuthorityTest {

  @TempDir Path folder;

  private TestCertificate certificate;
  private WireMockServer server;

  @BeforeEach
  void start() throws Exception {
    certificate = TestCertificate.create(folder);
    server =
        new WireMockServer(
            wireMockConfig()
                .dynamicPort()
                .dynamicHttpsPort()
                .keystorePath(certificate.keyStore().toString())
                .keystorePassword(TestCertificate.PASSWORD)
                .keyManagerPassword(TestCertificate.PASSWORD)
                .keystoreType("PKCS12"));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void anUnknownAuthorityIsNamedWithTheFix() {
    try (GitHub client = GitHub.builder().apiUrl(url()).build()) {
      assertThatThrownBy(() -> read(client))
          .hasMessageContainingAll(
              "certificate", "an authority that this JVM does not trust", "BACKFILL_CA_FILE");
    }
  }

  @Test
  void aFileOfAuthoritiesIsTrustedBesideTheJvms() throws Exception {
    server.stubFor(get(urlEqualTo("/repos/o/r")).willReturn(ok(Stub.repositoryJson("o/r", 9))));
    server.stubFor(get(urlEqualTo(Stub.LIST)).willReturn(ok("[" + Stub.pullRequest(1) + "]")));
    server.stubFor(get(urlMatching(".*per_page=1")).willReturn(Stub.uncounted(ok("[{}]"))));
    try (GitHub client = GitHub.builder().apiUrl(url()).caFile(certificate.pem()).build()) {
      assertThat(read(client)).isEqualTo(1);
    }
  }

  @Test
  void aFileWithoutCertificatesIsRefused() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    for (Path file : List.of(empty, folder.resolve("missing.pem"))) {
      assertThatThrownBy(() -> GitHub.builder().caFile(file))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContainingAll(file.toString(), "BACKFILL_CA_FILE");
    }
  }

  private URI url() {
    return URI.create("https://localhost:" + server.httpsPort());
  }

  private static int read(GitHub client) throws InterruptedException {
    try (SourceSession<?> session = client.pullRequests(Set.of()).open("o/r", Cursor.START)) {
      return session.next(10, 0).items().size();
    }
  }
}
