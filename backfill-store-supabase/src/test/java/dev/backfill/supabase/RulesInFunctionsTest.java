package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.SinkCounts;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules of the library that functions of the database repeat, over all of their inputs. */
class RulesInFunctionsTest {

  private RestProject project;

  @BeforeEach
  void start() throws SQLException {
    project = RestProject.startStandIn();
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void requestsLeadToTheSameStatus() throws SQLException {
    List<String> inputs = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (BackfillStatus status : BackfillStatus.values()) {
      for (Control control : Control.values()) {
        for (boolean leased : new boolean[] {true, false}) {
          inputs.add("'%s', '%s', %s".formatted(stored(status), stored(control), leased));
          expected.add(stored(status.after(control, leased)));
        }
      }
    }
    assertThat(results("backfill_rpc_after", inputs)).isEqualTo(expected);
  }

  @Test
  void releasesLeadToTheSameStatus() throws SQLException {
    List<String> inputs = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (BackfillStatus status : BackfillStatus.values()) {
      for (BackfillStatus selected : BackfillStatus.values()) {
        inputs.add("'%s', '%s'".formatted(stored(status), stored(selected)));
        expected.add(stored(status.afterRelease(selected)));
      }
    }
    assertThat(results("backfill_rpc_released", inputs)).isEqualTo(expected);
  }

  @Test
  void pendingRequestsAreResolvedInTheSameWay() throws SQLException {
    List<String> inputs = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (BackfillStatus status : BackfillStatus.values()) {
      inputs.add("'" + stored(status) + "'");
      expected.add(stored(status.resolvePending()));
    }
    assertThat(results("backfill_rpc_resolved", inputs)).isEqualTo(expected);
  }

  /** A claim of a backfill asks if its status allows that. */
  @Test
  void theSameStatusesCanBeClaimed() throws SQLException {
    String stopped =
        project
            .query(
                "SELECT substring(prosrc FROM 'locked.status NOT IN \\(([^)]*)\\)') FROM pg_proc"
                    + " WHERE proname = 'backfill_claim'")
            .get(0);
    for (BackfillStatus status : BackfillStatus.values()) {
      assertThat(stopped.contains("'" + stored(status) + "'"))
          .as("%s", status)
          .isEqualTo(!status.isClaimable());
    }
  }

  @Test
  void commitsLeadToTheSameCounters() throws SQLException {
    List<Total> totals = List.of(Total.UNKNOWN, Total.exact(5), Total.estimate(90));
    List<String> inputs = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      for (Total before : totals) {
        for (Total stated : totals) {
          for (int items : new int[] {0, 3}) {
            for (int inserted : new int[] {0, 2, 3}) {
              for (int entered : new int[] {0, 1}) {
                for (int remaining : new int[] {0, 1, 4}) {
                  Backfill.Counters counters = new Backfill.Counters(before, 4, 2);
                  Backfill.Counters after =
                      counters.after(
                          commit(phase, stated, items, entered),
                          new SinkCounts(inserted, 0),
                          entered,
                          remaining);
                  inputs.add(
                      "'%s', %s, 4, 2, %d, %d, %d, %d, %s"
                          .formatted(
                              stored(phase),
                              values(before),
                              items + entered,
                              inserted,
                              entered,
                              remaining,
                              values(stated)));
                  expected.add(
                      "(%s,%d,%d)"
                          .formatted(
                              values(after.total())
                                  .replace("'", "")
                                  .replace(" ", "")
                                  .replace("NULL", ""),
                              after.processed(),
                              after.quarantined()));
                }
              }
            }
          }
        }
      }
    }
    assertThat(expected).hasSizeGreaterThan(1_000);
    assertThat(results("backfill_rpc_counted", inputs)).isEqualTo(expected);
  }

  private static ChunkCommit<String> commit(Phase phase, Total stated, int items, int rejected) {
    return new ChunkCommit<>(
        1,
        new UUID(1, 1),
        Cursor.START,
        new Chunk<>(
                Collections.nCopies(items, "item"),
                Collections.nCopies(rejected, new RejectedItem("7", "no", "{}")),
                new Cursor("after"),
                false,
                1)
            .withPhase(phase),
        new Decision.Proceed(25, 0, "the rule"),
        null,
        Duration.ZERO,
        Instant.EPOCH,
        stated);
  }

  /** The kind and the count of a total, as they are stored. */
  private static String values(Total total) {
    String kind = !total.isKnown() ? "unknown" : total.isExact() ? "exact" : "estimate";
    return "'" + kind + "', " + (total.isKnown() ? total.count() : "NULL");
  }

  private List<String> results(String function, List<String> inputs) throws SQLException {
    return project.query(
        inputs.stream()
            .map(input -> "SELECT " + function + "(" + input + ")::text")
            .collect(Collectors.joining(" UNION ALL ")));
  }

  private static String stored(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
