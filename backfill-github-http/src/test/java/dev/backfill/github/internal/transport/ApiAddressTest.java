package dev.backfill.github.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import java.net.URI;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiAddressTest {

  @ParameterizedTest
  @CsvSource({
    "https://api.github.com, https://api.github.com/repositories/1/pulls?page=2",
    "https://api.github.com/, https://API.github.com:443/repositories/1/pulls?page=2",
    "http://localhost:8080, http://localhost:8080/repositories/1/pulls?page=2",
    "https://ghe.example.com/api/v3, https://ghe.example.com/api/v3/repositories/1/pulls?page=2"
  })
  void whatBelongsToTheApiIsMadeRelativeAndBack(URI base, URI page) {
    ApiAddress address = ApiAddress.of(base);
    assertThat(address.relativize(page)).isEqualTo("/repositories/1/pulls?page=2");
    assertThat(address.resolve("/repositories/1/pulls?page=2").getPath()).isEqualTo(page.getPath());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example.com/repositories/1",
        "http://ghe.example.com/api/v3/repositories/1",
        "https://ghe.example.com:8443/api/v3/repositories/1",
        "https://user@ghe.example.com/api/v3/repositories/1",
        "https://ghe.example.com.evil.com/api/v3/repositories/1",
        "https://ghe.example.com/other/repositories/1",
        "https://ghe.example.com/api/v3"
      })
  void whatIsElsewhereIsNotTrusted(URI page) {
    ApiAddress address = ApiAddress.of(URI.create("https://ghe.example.com/api/v3"));
    assertThatThrownBy(() -> address.relativize(page))
        .asInstanceOf(InstanceOfAssertFactories.type(PermanentFailureException.class))
        .extracting(PermanentFailureException::reason)
        .isEqualTo(Reason.UNTRUSTED_ADDRESS);
  }

  @ParameterizedTest
  @ValueSource(strings = {".evil.com/x", "@evil.com/x", ":1/x", "", "/a b"})
  void aStoredPathCannotLeadElsewhere(String path) {
    ApiAddress address = ApiAddress.of(URI.create("https://api.github.com"));
    assertThatThrownBy(() -> address.resolve(path)).isInstanceOf(PermanentFailureException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://api.github.com",
        "api.github.com",
        "https:///x",
        "https://api.github.com?x=1",
        "https://api.github.com#x",
        "https://github.com"
      })
  void anAddressThatCannotBeTheApiIsRefused(URI uri) {
    assertThatThrownBy(() -> ApiAddress.of(uri))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(uri.toString())
        .hasMessageContaining("such as https://api.github.com");
  }

  @Test
  void aPasswordInTheAddressIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> ApiAddress.of(URI.create("https://me:s3cret@api.github.com")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:1, false",
    "http://127.0.0.1:1, false",
    "http://127.8.9.10, false",
    "http://[::1]:1, false",
    "https://api.github.com, false",
    "http://api.github.com, true",
    "http://localhost.example.com, true",
    "http://127.0.0.1.example.com, true",
    "http://192.168.0.1, true"
  })
  void plainHttpIsPrivateOnThisMachineOnly(URI uri, boolean readable) {
    assertThat(ApiAddress.of(uri).isReadableByOthers()).isEqualTo(readable);
  }
}
