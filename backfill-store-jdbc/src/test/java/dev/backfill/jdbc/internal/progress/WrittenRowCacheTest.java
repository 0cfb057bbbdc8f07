package dev.backfill.jdbc.internal.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.internal.history.Upsert;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenRowCacheTest {

  private static final UpsertTable ACCOUNTS = table("accounts", 1);
  private static final UpsertTable REPOSITORIES = table("repositories", 1);
  private static final UpsertTable MEMBERS = table("members", 2);
  private static final Upsert ITEMS = Upsert.of(ACCOUNTS, List.<Object[]>of(row(1, "an item")));

  private final WrittenRowCache context = new WrittenRowCache();
  private final Lease lease = lease(1);

  private static UpsertTable table(String name, int keys) {
    return new UpsertTable(
        name,
        UpsertTable.withColumns().bigint("id").text("text", "note").list(),
        keys,
        null,
        UpsertTable.Partial.NEVER);
  }

  private static Lease lease(long fence) {
    return new Lease(new BackfillId(7), fence, "worker", Duration.ofMinutes(5));
  }

  private static Object[] row(long id, String text) {
    return new Object[] {id, text, null};
  }

  private static ItemRows rows(Upsert... context) {
    return new ItemRows(List.of(context), ITEMS, List.of());
  }

  private static ItemRows accounts(Object[]... rows) {
    return rows(Upsert.of(ACCOUNTS, List.of(rows)));
  }

  /** The texts that are to be written. */
  private List<Object> unwritten(Lease under, ItemRows rows) {
    List<Object> texts = new ArrayList<>();
    for (Upsert upsert : context.unwritten(under, rows).context()) {
      upsert.rows().forEach(row -> texts.add(row[1]));
    }
    return texts;
  }

  @Test
  void onlyWhatWasCommittedIsLeftOut() {
    ItemRows both = accounts(row(1, "ann"), row(2, "bob"));
    assertThat(unwritten(lease, both)).containsExactly("ann", "bob");
    context.committed(lease, accounts(row(1, "ann")));
    assertThat(unwritten(lease, both)).containsExactly("bob");
    context.committed(lease, both);
    assertThat(unwritten(lease, both)).isEmpty();
  }

  @Test
  void itemsAndTheirPartsAreAlwaysWritten() {
    Upsert parts = Upsert.of(MEMBERS, List.<Object[]>of(row(1, "a part")));
    ItemRows rows =
        new ItemRows(
            List.of(Upsert.of(ACCOUNTS, List.<Object[]>of(row(1, "ann")))), ITEMS, List.of(parts));
    context.committed(lease, rows);
    ItemRows unwritten = context.unwritten(lease, rows);
    assertThat(unwritten.context()).isEmpty();
    assertThat(unwritten.items()).isSameAs(ITEMS);
    assertThat(unwritten.parts()).containsExactly(parts);
  }

  @Test
  void aRowThatDiffersIsWrittenAndThenKnown() {
    context.committed(lease, accounts(row(1, "ann")));
    ItemRows renamed = accounts(row(1, "anna"));
    assertThat(unwritten(lease, renamed)).containsExactly("anna");
    context.committed(lease, renamed);
    assertThat(unwritten(lease, renamed)).isEmpty();
    assertThat(unwritten(lease, accounts(row(1, "ann")))).containsExactly("ann");
  }

  @Test
  void aKeyIsOneOfItsTableAndOfAllItsColumns() {
    context.committed(lease, accounts(row(1, "same")));
    assertThat(unwritten(lease, rows(Upsert.of(REPOSITORIES, List.<Object[]>of(row(1, "same"))))))
        .containsExactly("same");
    ItemRows members = rows(Upsert.of(MEMBERS, List.of(row(1, "a"), row(1, "b"))));
    context.committed(lease, members);
    assertThat(unwritten(lease, members)).as("both are known").isEmpty();
  }

  @Test
  void whatOneLeaseCommittedTheNextWritesAgain() {
    ItemRows rows = accounts(row(1, "ann"));
    context.committed(lease, rows);
    assertThat(unwritten(lease(2), rows)).containsExactly("ann");
    context.committed(lease(2), rows);
    context.forget(lease);
    assertThat(unwritten(lease, rows)).containsExactly("ann");
    assertThat(unwritten(lease(2), rows)).isEmpty();
    context.forgetAll();
    assertThat(unwritten(lease(2), rows)).containsExactly("ann");
  }

  @Test
  void itemsThatComeAloneLeaveWhatIsKnown() {
    for (int fence = 1; fence <= WrittenRowCache.MAX_LEASES; fence++) {
      context.committed(lease(fence), accounts(row(1, "ann")));
    }
    context.committed(lease(1_000), rows());
    assertThat(unwritten(lease(1), accounts(row(1, "ann")))).isEmpty();
  }

  @Test
  void theLeaseThatWasUsedLongestAgoIsForgotten() {
    ItemRows rows = accounts(row(1, "ann"));
    for (int fence = 1; fence <= WrittenRowCache.MAX_LEASES; fence++) {
      context.committed(lease(fence), rows);
    }
    assertThat(unwritten(lease(1), rows)).as("all have a place").isEmpty();
    context.committed(lease(1_000), rows);
    assertThat(unwritten(lease(2), rows)).as("longer ago than the first").isNotEmpty();
    assertThat(unwritten(lease(1), rows)).isEmpty();
  }

  @Test
  void theRowThatWasUsedLongestAgoIsForgotten() {
    for (int id = 1; id <= WrittenRowCache.MAX_ROWS; id++) {
      context.committed(lease, accounts(row(id, "account")));
    }
    assertThat(unwritten(lease, accounts(row(1, "account")))).isEmpty();
    context.committed(lease, accounts(row(10_000, "account")));
    assertThat(unwritten(lease, accounts(row(2, "account")))).hasSize(1);
    assertThat(unwritten(lease, accounts(row(1, "account")))).isEmpty();
  }
}
