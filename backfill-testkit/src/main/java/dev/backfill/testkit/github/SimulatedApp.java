package dev.backfill.testkit.github;

import java.security.PublicKey;
import java.time.Duration;
import java.util.Objects;

/**
 * A GitHub App that is installed where the simulated repositories are. Whoever holds its private
 * key gets tokens from {@code POST /app/installations/{id}/access_tokens}. Immutable.
 *
 * @param id GitHub's number for the app
 * @param clientId its other name, which a JWT may be issued by as well
 * @param installationId GitHub's number for the installation
 * @param key the RSA key that its JWTs are verified with
 * @param tokenLife how long a token is good; positive
 */
public record SimulatedApp(
    long id, String clientId, long installationId, PublicKey key, Duration tokenLife) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when the life is not positive
   */
  public SimulatedApp {
    Objects.requireNonNull(clientId, "clientId");
    Objects.requireNonNull(key, "key");
    if (tokenLife.isNegative() || tokenLife.isZero()) {
      throw new IllegalArgumentException("tokenLife is " + tokenLife + "; it must be positive");
    }
  }

  /**
   * An app whose tokens are good for an hour, as GitHub's are.
   *
   * @param id GitHub's number for the app
   * @param installationId GitHub's number for the installation
   * @param key the RSA key that its JWTs are verified with
   * @return the app, with {@code Iv1.sim} as its client id
   */
  public static SimulatedApp of(long id, long installationId, PublicKey key) {
    return new SimulatedApp(id, "Iv1.sim", installationId, key, Duration.ofHours(1));
  }
}
