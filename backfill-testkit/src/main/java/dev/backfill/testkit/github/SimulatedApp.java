package dev.backfill.testkit.github;

import java.security.PublicKey;
import java.time.Duration;
import java.util.Objects;

/**
 * A GitHub App that is installed in the simulated repositories. The holder of its private key gets
 * tokens from {@code POST /app/installations/{id}/access_tokens}. Immutable.
 *
 * @param id GitHub's number for the app
 * @param clientId its other name, which may also be the issuer of a JWT
 * @param installationId GitHub's number for the installation
 * @param key the RSA key that verifies its JWTs
 * @param tokenLife the validity of a token; positive
 */
public record SimulatedApp(
    long id, String clientId, long installationId, PublicKey key, Duration tokenLife) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the life is not positive
   */
  public SimulatedApp {
    Objects.requireNonNull(clientId, "clientId");
    Objects.requireNonNull(key, "key");
    if (tokenLife.isNegative() || tokenLife.isZero()) {
      throw new IllegalArgumentException("tokenLife is " + tokenLife + "; it must be positive");
    }
  }

  /**
   * Creates an app whose tokens are valid for an hour, like GitHub's.
   *
   * @param id GitHub's number for the app
   * @param installationId GitHub's number for the installation
   * @param key the RSA key that verifies its JWTs
   * @return the app, with {@code Iv1.sim} as its client id
   */
  public static SimulatedApp of(long id, long installationId, PublicKey key) {
    return new SimulatedApp(id, "Iv1.sim", installationId, key, Duration.ofHours(1));
  }
}
