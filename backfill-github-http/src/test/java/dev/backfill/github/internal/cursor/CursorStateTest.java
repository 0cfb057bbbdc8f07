package dev.backfill.github.internal.cursor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.Cursor;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorStateTest {

  private static final Instant MARK = Instant.parse("2026-01-01T00:00:00Z");
  private static final PagePosition PLACE =
      new PagePosition("/repositories/4294967297/pulls?per_page=100&page=3", 25, 9_876_543_210L);

  private static final CursorState STATE = state(new ReadStage.History(MARK, PLACE));

  /** Databases hold such texts: whoever changes this changes the version, and reads all of them. */
  private static final String GOLDEN =
      "{\"v\":2,\"repo\":4294967297,\"extras\":[\"details\",\"reviews\"],"
          + "\"stage\":\"history\",\"mark\":\"2026-01-01T00:00:00Z\","
          + "\"page\":\"/repositories/4294967297/pulls?per_page=100&page=3\","
          + "\"offset\":25,\"anchor\":9876543210}";

  private static final String VERSION_1 =
      "{\"v\":1,\"repo\":4294967297,"
          + "\"page\":\"/repositories/4294967297/pulls?per_page=100&page=3\","
          + "\"offset\":25,\"anchor\":9876543210,\"extras\":[\"details\",\"reviews\"],"
          + "\"mark\":\"2026-01-01T00:00:00Z\"}";

  private static CursorState state(ReadStage stage) {
    return new CursorState(4_294_967_297L, Set.of("reviews", "details"), stage);
  }

  static Stream<ReadStage> stages() {
    EdgePosition edge = new EdgePosition("Y3Vyc29yOjE=", 12, 20);
    ListVersion listVersion = new ListVersion("/repos/o/r/pulls?sort=updated", "W/\"a1\"");
    return Stream.of(
        new ReadStage.History(MARK, edge),
        new ReadStage.History(MARK, new EdgePosition(null, 25, 10)),
        new ReadStage.History(
            MARK,
            new EdgePosition("Y3Vyc29yOjE=", 25, 10, new EdgePosition.Reached(MARK, 7, true, 40))),
        new ReadStage.CatchUp(MARK, 1, null, null),
        new ReadStage.CatchUp(
            MARK, 2, listVersion, new ReadStage.Run(MARK.plusSeconds(9), true, PLACE)),
        new ReadStage.CatchUp(MARK, 2, null, new ReadStage.Run(MARK.plusSeconds(9), false, edge)),
        new ReadStage.CatchUp(
            MARK,
            2,
            null,
            new ReadStage.Run(MARK, true, new PagePosition("/p", 3, 7L, MARK.plusSeconds(3)))),
        new ReadStage.CaughtUp(MARK, listVersion),
        new ReadStage.CaughtUp(MARK, null));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyStageIsReadAsItWasWritten(ReadStage stage) {
    assertThat(CursorState.decode(state(stage).encode())).isEqualTo(state(stage));
  }

  @Test
  void whatTheFirstVersionWroteIsRead() {
    assertThat(CursorState.decode(new Cursor(VERSION_1))).isEqualTo(STATE);
  }

  @Test
  void theTextIsTheOneThatStoresHold() {
    assertThat(STATE.encode().value()).isEqualTo(GOLDEN);
  }

  @Test
  void whatWasWrittenIsRead() {
    assertThat(CursorState.decode(new Cursor(GOLDEN))).isEqualTo(STATE);
  }

  @Test
  void whatAPageCapHasCostIsRead() {
    CursorState capped = new CursorState(1, Set.of(), STATE.stage(), ListGap.OF_REST, 2);
    assertThat(CursorState.decode(capped.encode())).isEqualTo(capped);
  }

  @Test
  void aPlaceBeforeTheFirstItemHasNoAnchor() {
    CursorState start =
        new CursorState(
            1,
            Set.of(),
            new ReadStage.History(MARK, new PagePosition("/repos/o/r/pulls", 0, null)));
    assertThat(start.encode().value()).doesNotContain("anchor");
    assertThat(CursorState.decode(start.encode())).isEqualTo(start);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"red\"",
        "null",
        "0.5",
        "99999999999",
        "99999999999999999999",
        "{\"v\":7,\"mix\":[{\"v\":8}]}",
        "[1,null,{\"extras\":[\"x\"]},[\"y\"]]"
      })
  void aFieldOfALaterReleaseIsNoHarm(String value) {
    String later = GOLDEN.replace("{\"v\":2,", "{\"v\":2,\"colour\":" + value + ",");
    assertThat(CursorState.decode(new Cursor(later))).isEqualTo(STATE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":3,\"repo\":1}",
        "{\"v\":2,\"repo\":1}",
        "{\"v\":2,\"repo\":1,\"stage\":\"nap\"}",
        "{\"v\":2,\"repo\":1,\"stage\":\"caught-up\"}",
        "{\"v\":\"1\"}",
        "{}",
        "[]",
        "7",
        "no json",
        "{\"v\":1",
        "{\"v\":2,\"repo\":1,\"extras\":[\"reviews\"",
        "{\"v\":2,\"repo\":99999999999999999999}",
        "{\"v\":2,\"repo\"",
        "{\"v\":2,\"repo\":null}",
        "",
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
