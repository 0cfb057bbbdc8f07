package dev.backfill.github.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.github.Keys;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AppKeyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  static Stream<String> forms() {
    return Stream.of(
        Keys.pkcs1(),
        Keys.pkcs8(),
        Keys.pkcs1().replace("\n", "\\n"),
        Keys.pkcs8().replace("\n", "\r\n"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aKeyInAnyFormSignsATokenOfTenMinutes(String pem) throws Exception {
    String[] parts = AppKey.parse(pem).token("Iv23li", NOW).split("\\.");

    assertThat(decoded(parts[0])).isEqualTo("{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    assertThat(decoded(parts[1]))
        .isEqualTo(
            "{\"iat\":%d,\"exp\":%d,\"iss\":\"Iv23li\"}"
                .formatted(NOW.getEpochSecond() - 60, NOW.getEpochSecond() + 540));
    Signature check = Signature.getInstance("SHA256withRSA");
    check.initVerify(Keys.PAIR.getPublic());
    check.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(check.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
  }

  static Stream<Arguments> noKeys() {
    byte[] bytes = {1, 2, 3};
    return Stream.of(
        Arguments.of("", "no line"),
        Arguments.of("path/to/key.pem", "no line"),
        Arguments.of(Keys.pem("RSA PRIVATE KEY", bytes), "damaged"),
        Arguments.of(Keys.pem("PRIVATE KEY", bytes), "damaged"),
        Arguments.of(
            Keys.pem("PRIVATE KEY", Keys.pair("EC", 256).getPrivate().getEncoded()), "no RSA key"),
        Arguments.of(Keys.pem("ENCRYPTED PRIVATE KEY", bytes), "protected by a password"),
        Arguments.of(Keys.pem("PUBLIC KEY", bytes), "it is a PUBLIC KEY"));
  }

  @ParameterizedTest
  @MethodSource("noKeys")
  void whatIsNoKeyIsRefusedWithTheFixAndNotRepeated(String pem, String why) {
    assertThatThrownBy(() -> AppKey.parse(pem))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasNoCause()
        .hasMessageContaining(why)
        .hasMessageContaining("GITHUB_APP_PRIVATE_KEY")
        .hasMessageNotContaining("AQID");
  }

  @Test
  void aKeyShowsNothing() {
    AppKey key = AppKey.parse(Keys.pkcs1());
    assertThat(key + " " + new AppIdentity("7", key, null)).doesNotContain("BEGIN", "MII");
  }

  private static String decoded(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }
}
