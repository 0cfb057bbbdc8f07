package dev.backfill.github;

import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The default client in a JVM of its own, with the environment of a network behind a proxy. */
@Timeout(120)
class ProxyTest {

  private static final String AUTHORIZATION =
      "Basic "
          + Base64.getEncoder().encodeToString("ann:p@ss: word".getBytes(StandardCharsets.UTF_8));
  private static final String LOGIN = "ann:p%40ss%3A%20word@";

  @TempDir Path folder;

  private TestCertificate certificate;
  private WireMockServer server;
  private TestProxy proxy;

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
    server.stubFor(
        WireMock.get(WireMock.urlMatching(".*[?&]per_page=1"))
            .atPriority(8)
            .willReturn(Stub.uncounted(ok("[{}]"))));
    server.stubFor(WireMock.get(WireMock.anyUrl()).atPriority(9).willReturn(ok("[]")));
    server.stubFor(
        WireMock.get(WireMock.urlEqualTo("/repos/o/r"))
            .willReturn(ok(Stub.repositoryJson("o/r", 9))));
    server.stubFor(
        WireMock.get(WireMock.urlEqualTo(LIST)).willReturn(ok("[" + Stub.pullRequest(1) + "]")));
    proxy = new TestProxy(AUTHORIZATION);
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    proxy.close();
  }

  @Test
  void tlsGoesThroughATunnelWithThePasswordForTheProxyAlone() throws Exception {
    String output =
        run(Map.of("https_proxy", "http://" + LOGIN + proxy.address()), https(), List.of());
    assertThat(output).contains("1 items");
    assertThat(proxy.requests()).isNotEmpty().allMatch(line -> line.startsWith("CONNECT "));
    assertThat(server.getAllServeEvents())
        .isNotEmpty()
        .noneMatch(event -> event.getRequest().containsHeader("Proxy-Authorization"));
  }

  @Test
  void plainHttpGoesThroughTheProxyToo() throws Exception {
    String output = run(Map.of("HTTP_PROXY", LOGIN + proxy.address()), http(), List.of());
    assertThat(output).contains("1 items");
    assertThat(proxy.requests()).isNotEmpty().allMatch(line -> line.startsWith("GET http://"));
  }

  @Test
  void theJvmsOwnPropertiesWin() throws Exception {
    List<String> properties =
        List.of(
            "-Dhttp.proxyHost=127.0.0.1",
            "-Dhttp.proxyPort=" + proxy.port(),
            "-Dhttp.nonProxyHosts=",
            "-Dhttp.proxyUser=ann",
            "-Dhttp.proxyPassword=p@ss: word");
    String output = run(Map.of("HTTP_PROXY", "http://127.0.0.1:1"), http(), properties);
    assertThat(output).contains("1 items");
    assertThat(proxy.requests()).isNotEmpty();
  }

  private String http() {
    return "http://localhost:" + server.port();
  }

  private String https() {
    return "https://localhost:" + server.httpsPort();
  }

  private String run(Map<String, String> environment, String url, List<String> jvm)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(jvm);
    command.addAll(
        List.of(
            "-cp",
            LargeHistoryTest.classPath(),
            ProxiedReader.class.getName(),
            url,
            certificate.pem().toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
