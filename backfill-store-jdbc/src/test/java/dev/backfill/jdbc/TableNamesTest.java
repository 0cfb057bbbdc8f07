package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "_", "my_schema", "a23456789012345678901234567890"})
  void acceptsPlainNames(String name) {
    assertThat(new TableNames(name, name).schema()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "1a",
        "a-b",
        "a b",
        "a;drop",
        "a\"",
        "\u00E4",
        "a234567890123456789012345678901"
      })
  void refusesEverythingElse(String name) {
    assertThatThrownBy(() -> new TableNames(name, ""))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("schema");
    assertThatThrownBy(() -> new TableNames(null, name))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("prefix");
  }
}
