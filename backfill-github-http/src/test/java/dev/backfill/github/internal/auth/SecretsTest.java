package dev.backfill.github.internal.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretsTest {

  @Test
  void presentAndFormerTokensAreHiddenAndTheOldestOfManyAreForgotten() {
    Secrets secrets = new Secrets();
    secrets.addLasting("ghp_lasting");
    for (int i = 0; i <= Secrets.MAX_PASSING; i++) {
      secrets.addPassing("ghs_" + i + "_");
    }
    assertThat(secrets.redact("ghp_lasting ghs_1_ ghs_200_ " + secrets))
        .isEqualTo("*** *** *** ***");
    assertThat(secrets.redact("ghs_0_")).isEqualTo("ghs_0_");
  }
}
