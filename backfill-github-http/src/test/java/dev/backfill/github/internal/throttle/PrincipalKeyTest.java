package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.github.internal.transport.ApiAddress;
import java.net.URI;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrincipalKeyTest {

  private static final ApiAddress GITHUB = ApiAddress.of(URI.create("https://api.github.com"));
  private static final ApiAddress SERVER = ApiAddress.of(URI.create("https://ghe.test/api/v3"));

  @Test
  void everyPrincipalHasAKeyOfItsOwn() {
    Set<String> keys =
        Stream.of(
                PrincipalKey.ofToken("7"),
                PrincipalKey.ofToken("8"),
                PrincipalKey.ofUser(GITHUB, 7),
                PrincipalKey.ofUser(GITHUB, 8),
                PrincipalKey.ofUser(SERVER, 7),
                PrincipalKey.ofInstallation(GITHUB, 7),
                PrincipalKey.ofInstallation(SERVER, 7),
                PrincipalKey.ofOnlyInstallation(GITHUB, "7"),
                PrincipalKey.ofOnlyInstallation(SERVER, "7"),
                PrincipalKey.ofApp(GITHUB, "7"),
                PrincipalKey.ofApp(SERVER, "7"))
            .collect(Collectors.toSet());
    assertThat(keys).hasSize(11).allMatch(key -> key.matches("[0-9a-f]{32}"));
  }

  /** Processes of two releases share limits only while the keys stay the same. */
  @Test
  void aKeyStaysTheSameFromReleaseToRelease() {
    assertThat(PrincipalKey.ofToken("ghp_example")).isEqualTo("e8c35f4bd718c634e408b8edda99e598");
  }
}
