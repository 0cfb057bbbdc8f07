package dev.backfill.github.internal.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.Cursor;
import java.time.Instant;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorStateTest {

  private static final CursorState STATE =
      new CursorState(
          4_294_967_297L,
          new Position("/repositories/4294967297/pulls?per_page=100&page=3", 25, 9_876_543_210L),
          Set.of("reviews", "details"),
          Instant.parse("2026-01-01T00:00:00Z"));

  /** Databases hold such texts: whoever changes this changes the version, and reads both. */
  private static final String GOLDEN =
      "{\"v\":1,\"repo\":4294967297,"
          + "\"page\":\"/repositories/4294967297/pulls?per_page=100&page=3\","
          + "\"offset\":25,\"anchor\":9876543210,\"extras\":[\"details\",\"reviews\"],"
          + "\"mark\":\"2026-01-01T00:00:00Z\"}";

  @Test
  void theTextIsTheOneThatStoresHold() {
    assertThat(STATE.encode().value()).isEqualTo(GOLDEN);
  }

  @Test
  void whatWasWrittenIsRead() {
    assertThat(CursorState.decode(new Cursor(GOLDEN))).isEqualTo(STATE);
  }

  @Test
  void aPlaceBeforeTheFirstItemHasNoAnchor() {
    CursorState start =
        new CursorState(1, new Position("/repos/o/r/pulls", 0, null), Set.of(), STATE.mark());
    assertThat(start.encode().value()).doesNotContain("anchor");
    assertThat(CursorState.decode(start.encode())).isEqualTo(start);
  }

  @Test
  void aFieldOfALaterReleaseIsNoHarm() {
    String later = GOLDEN.replace("{\"v\":1,", "{\"v\":1,\"colour\":\"red\",");
    assertThat(CursorState.decode(new Cursor(later))).isEqualTo(STATE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":2,\"repo\":1}",
        "{\"v\":\"1\"}",
        "{}",
        "[]",
        "7",
        "no json",
        "{\"v\":1",
        "{\"v\":1,\"repo\":1}",
        "{\"v\":1,\"repo\":1,\"page\":\"https://evil.example.com/\",\"offset\":0,\"mark\":\"2026-01-01T00:00:00Z\"}",
        "{\"v\":1,\"repo\":1,\"page\":\"/x\",\"offset\":-1,\"mark\":\"2026-01-01T00:00:00Z\"}",
        "{\"v\":1,\"repo\":1,\"page\":\"/x\",\"offset\":0,\"mark\":\"yesterday\"}",
        "{\"v\":1,\"repo\":1,\"page\":\"/x\",\"offset\":0,\"anchor\":\"a\",\"mark\":\"2026-01-01T00:00:00Z\"}"
      })
  void whatThisVersionDoesNotUnderstandIsRefused(String text) {
    assertThatThrownBy(() -> CursorState.decode(new Cursor(text)))
        .asInstanceOf(InstanceOfAssertFactories.type(PermanentFailureException.class))
        .extracting(PermanentFailureException::reason)
        .isEqualTo(Reason.INCOMPATIBLE);
  }
}
