package dev.backfill.api.internal.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.internal.history.UpsertTable.Partial;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of several copies of one row, which is written, and what of the others stays. */
class UpsertTableTest {

  /** Key a and b; c and d come together or not at all; e comes always. */
  private static UpsertTable table(String version) {
    return new UpsertTable(
        "things",
        UpsertTable.withColumns().bigint("a", "b").integer("v").text("c", "d", "e").list(),
        2,
        version,
        new Partial("c", Set.of("c", "d")));
  }

  private static final UpsertTable NEWER_WINS = table("v");
  private static final UpsertTable LAST_WINS = table(null);

  private static Object[] row(long a, long b, Integer version, String c, String d, String e) {
    return new Object[] {a, b, version, c, d, e};
  }

  private static Object[] one(UpsertTable table, Object[]... copies) {
    List<Object[]> distinct = table.distinct(List.of(copies));
    assertThat(distinct).hasSize(1);
    return distinct.get(0);
  }

  @Test
  void rowsComeInTheOrderOfTheirKeys() {
    Object[] first = row(1, 2, 1, "c", "d", "e");
    Object[] second = row(2, 1, 1, "c", "d", "e");
    Object[] third = row(2, 2, 1, "c", "d", "e");
    assertThat(NEWER_WINS.distinct(List.of(third, second, first)))
        .containsExactly(first, second, third);
    List<Object[]> ordered = List.of(first, second, third);
    assertThat(NEWER_WINS.distinct(ordered)).as("as they are").isSameAs(ordered);
    assertThat(NEWER_WINS.distinct(List.of(first, third, second)))
        .containsExactly(first, second, third);
  }

  @Test
  void ofOneKeyTheNewestCopyStays() {
    Object[] old = row(1, 1, 1, "c1", "d1", "e1");
    Object[] newer = row(1, 1, 2, "c2", "d2", "e2");
    assertThat(one(NEWER_WINS, old, newer)).isEqualTo(newer);
    assertThat(one(NEWER_WINS, newer, old)).isEqualTo(newer);
    assertThat(one(LAST_WINS, newer, old)).isEqualTo(old);
  }

  @Test
  void ofEquallyNewCopiesTheLastStays() {
    Object[] first = row(1, 1, 1, "c1", "d1", "e1");
    Object[] last = row(1, 1, 1, "c2", "d2", "e2");
    assertThat(one(NEWER_WINS, first, last)).isEqualTo(last);
    assertThat(one(NEWER_WINS, last, first)).isEqualTo(first);
  }

  @Test
  void aCopyWithoutAVersionIsTheOldest() {
    Object[] without = row(1, 1, null, "c1", "d1", "e1");
    Object[] with = row(1, 1, 1, "c2", "d2", "e2");
    assertThat(one(NEWER_WINS, without, with)).isEqualTo(with);
    assertThat(one(NEWER_WINS, with, without)).isEqualTo(with);
    Object[] last = row(1, 1, null, "c3", "d3", "e3");
    assertThat(one(NEWER_WINS, without, last)).isEqualTo(last);
  }

  @Test
  void aNewerPartialCopyKeepsTheStoredDetails() {
    Object[] whole = row(1, 1, 1, "c", "d", "e1");
    Object[] less = row(1, 1, 2, null, null, null);
    assertThat(one(NEWER_WINS, whole, less)).isEqualTo(row(1, 1, 2, "c", "d", null));
    assertThat(one(NEWER_WINS, less, whole)).isEqualTo(row(1, 1, 2, "c", "d", null));
    assertThat(one(LAST_WINS, whole, less)).isEqualTo(row(1, 1, 2, "c", "d", null));
    assertThat(less).as("the copy itself is left alone").isEqualTo(row(1, 1, 2, null, null, null));
  }

  @Test
  void aNullOfANewerFullCopyIsStored() {
    Object[] old = row(1, 1, 1, "c1", "d1", "e1");
    assertThat(one(NEWER_WINS, old, row(1, 1, 2, "c2", null, "e2")))
        .isEqualTo(row(1, 1, 2, "c2", null, "e2"));
    assertThat(one(NEWER_WINS, old, row(1, 1, 1, "c2", null, "e2")))
        .as("of the same version it is what the other told")
        .isEqualTo(row(1, 1, 1, "c2", "d1", "e2"));
  }

  @Test
  void aTableOfFullCopiesKeepsNothing() {
    UpsertTable table =
        new UpsertTable(
            "things",
            UpsertTable.withColumns().bigint("a").text("c").list(),
            1,
            null,
            Partial.NEVER);
    assertThat(one(table, new Object[] {1L, "c"}, new Object[] {1L, null}))
        .isEqualTo(new Object[] {1L, null});
  }

  @Test
  void anUpsertHoldsOneRowOfEachKey() {
    Object[] last = row(1, 1, 1, "c2", "d2", "e2");
    Upsert upsert = Upsert.of(NEWER_WINS, List.of(row(1, 1, 1, "c1", "d1", "e1"), last));
    assertThat(upsert.rows()).containsExactly(last);
  }
}
