package dev.backfill.api.internal.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.internal.history.UpsertTable.Partial;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checks of a table's definition. */
class HistoryTableTest {

  private static HistoryTable.Builder<String> texts() {
    return HistoryTable.of(String.class, "texts")
        .bigint("repository_id", text -> 1L)
        .text("text", text -> text)
        .integer("length", String::length);
  }

  @Test
  void aRowHasTheValuesInTheOrderOfTheColumns() {
    HistoryTable<String> table =
        texts().key("repository_id", "text").version("length").partial("length").build();

    assertThat(table.table().names()).containsExactly("repository_id", "text", "length");
    assertThat(table.row("four")).containsExactly(1L, "four", 4);
    assertThat(table.table().keys()).isEqualTo(2);
    assertThat(table.itemKey()).isEqualTo(new Column("text", Column.Type.TEXT));
    assertThat(table.table().version()).isEqualTo("length");
    assertThat(table.table().partial()).isEqualTo(new Partial("length", Set.of("length")));
  }

  @Test
  void theKeyIsTheFirstColumns() {
    assertThatThrownBy(() -> texts().build()).hasMessageContaining("the key [] of texts");
    assertThatThrownBy(() -> texts().key("text").build()).hasMessageContaining("first columns");
    assertThatThrownBy(() -> texts().key("text", "repository_id").build())
        .hasMessageContaining("first columns");
    assertThatThrownBy(() -> texts().key("repository_id", "text", "length", "more").build())
        .hasMessageContaining("first columns");
  }

  @Test
  void everyNamedColumnExistsOnce() {
    assertThatThrownBy(() -> texts().key("repository_id").version("updated_at").build())
        .hasMessageContaining("contain [updated_at]");
    assertThatThrownBy(() -> texts().key("repository_id").partial("length", "size").build())
        .hasMessageContaining("contain [length, size]");
    assertThatThrownBy(() -> texts().text("text", text -> text).key("repository_id").build())
        .hasMessageContaining("must be distinct");
  }
}
