package dev.backfill.github.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRouteTest {

  private static final URI HTTPS = URI.create("https://api.github.com");

  @ParameterizedTest
  @CsvSource({
    "HTTPS_PROXY, http://proxy.corp:3128, ' through the proxy proxy.corp:3128'",
    "https_proxy, proxy.corp:3128, ' through the proxy proxy.corp:3128'",
    "ALL_PROXY, http://proxy.corp, ' through the proxy proxy.corp:80'",
    "all_proxy, http://[::1]:3128/, ' through the proxy ::1:3128'",
    "HTTPS_PROXY, http://me:p@ss@proxy.corp:1, ' through the proxy proxy.corp:1'",
    "HTTP_PROXY, http://proxy.corp, ''",
    "HTTPS_PROXY, ' ', ''"
  })
  void aVariableNamesTheProxy(String name, String value, String way) {
    assertThat(route(HTTPS, Map.of(name, value))).hasToString(way);
  }

  @Test
  void theSchemesOwnVariableWinsOverTheOneForAll() {
    Map<String, String> variables =
        Map.of(
            "ALL_PROXY", "socks5://s:1", "HTTPS_PROXY", "http://p:1", "HTTP_PROXY", "http://q:1");
    assertThat(route(HTTPS, variables)).hasToString(" through the proxy p:1");
    assertThat(route(URI.create("http://ghe"), variables)).hasToString(" through the proxy q:1");
  }

  @ParameterizedTest
  @CsvSource({
    "ann:p%40ss%3A%20word, YW5uOnBAc3M6IHdvcmQ=",
    "ann:p@ss: word, YW5uOnBAc3M6IHdvcmQ=",
    "a+n, YStuOg=="
  })
  void userAndPasswordMayBeEncoded(String login, String encoded) {
    assertThat(route(HTTPS, Map.of("HTTPS_PROXY", login + "@proxy:1")).authorization())
        .isEqualTo("Basic " + encoded);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://u:s3cret@proxy:1",
        "https://u:s3cret@proxy:1",
        "http://u:s3cret@",
        "http://u:s3cret@proxy:99999",
        "http://u:s3cret%zz@proxy:1"
      })
  void aProxyThatCannotBeUsedIsRefusedWithoutItsPassword(String value) {
    assertThatThrownBy(() -> route(HTTPS, Map.of("https_proxy", value)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContainingAll("HTTPS_PROXY", "Nothing was sent")
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource({
    "*, true",
    "api.github.com, true",
    "github.com, true",
    ".github.com, true",
    "*.github.com, true",
    "GitHub.com, true",
    "hub.com, false",
    "api.github.com:443, true",
    "api.github.com:8443, false",
    "'localhost, 127.0.0.1 , github.com', true",
    "localhost 10.0.0.0/8, false",
    "'', false"
  })
  void noProxyNamesHosts(String list, boolean direct) {
    assertThat(new NoProxy(list).matches(HTTPS)).isEqualTo(direct);
    Map<String, String> variables = Map.of("HTTPS_PROXY", "http://proxy:1", "no_proxy", list);
    assertThat(route(HTTPS, variables).toString().isEmpty()).isEqualTo(direct);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.2.3, true",
    "10.0.0.0/9, 10.128.2.3, false",
    "10.1.2.3, 10.1.2.3, true",
    "10.0.0.0/8, ten.example.com, false",
    "::1, [::1], true",
    "[::1], [::1], true",
    "[::1]:443, [::1], true",
    "fe80::/10, [fe80::7], true",
    "fe80::/10, [2001::7], false",
    "10.0.0.0/99, 10.1.2.3, false"
  })
  void noProxyNamesNetworks(String entry, String host, boolean direct) {
    assertThat(new NoProxy(entry).matches(URI.create("https://" + host + "/api/v3")))
        .isEqualTo(direct);
  }

  @Test
  void theJvmsPropertiesWinOverTheEnvironment() {
    Map<String, String> variables = Map.of("HTTPS_PROXY", "http://proxy:1");
    Map<String, String> properties =
        Map.of("https.proxyHost", "jvm", "https.proxyUser", "ann", "https.proxyPassword", "x");
    ProxyRoute chosen = route(variables, properties, new Proxy(Proxy.Type.HTTP, address("jvm")));
    assertThat(chosen).hasToString(" through the proxy jvm:8");
    assertThat(chosen.authorization()).isEqualTo("Basic YW5uOng=");
    assertThat(route(variables, properties, Proxy.NO_PROXY))
        .as("http.nonProxyHosts")
        .hasToString("");
    assertThat(route(variables, Map.of(), Proxy.NO_PROXY)).as("a host's selector").hasToString("");
  }

  private static ProxyRoute route(URI api, Map<String, String> variables) {
    return ProxyRoute.of(api, variables, name -> "", null);
  }

  private static ProxyRoute route(
      Map<String, String> variables, Map<String, String> properties, Proxy answer) {
    ProxySelector selector =
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            return List.of(answer);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        };
    return ProxyRoute.of(HTTPS, variables, name -> properties.getOrDefault(name, ""), selector);
  }

  private static InetSocketAddress address(String host) {
    return InetSocketAddress.createUnresolved(host, 8);
  }
}
