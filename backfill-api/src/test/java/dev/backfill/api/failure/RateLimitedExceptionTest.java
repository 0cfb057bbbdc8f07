package dev.backfill.api.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateLimitedExceptionTest {

  private static final Instant UNTIL = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void eachFactoryCreatesOneKindOfLimit() {
    assertKind(RateLimitedException.primary(UNTIL, "why"), true, false, false);
    assertKind(RateLimitedException.secondary(UNTIL, "why"), false, true, false);
    assertKind(RateLimitedException.reserve(UNTIL, "why"), false, false, true);
  }

  private static void assertKind(
      RateLimitedException limit, boolean primary, boolean secondary, boolean reserve) {
    assertThat(limit.isPrimary()).isEqualTo(primary);
    assertThat(limit.isSecondary()).isEqualTo(secondary);
    assertThat(limit.isReserve()).isEqualTo(reserve);
    assertThat(limit.until()).isEqualTo(UNTIL);
    assertThat(limit).hasMessage("why");
  }
}
