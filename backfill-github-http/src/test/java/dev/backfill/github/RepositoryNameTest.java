package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryNameTest {

  @ParameterizedTest
  @ValueSource(strings = {"apache/kafka", "a/b", "O-w/n.a-m_e", "me_corp/.github", "o/..."})
  void aNameIsReadAndWrittenAlike(String text) {
    assertThat(RepositoryName.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kafka",
        "/kafka",
        "apache/",
        "a/b/c",
        "a b/c",
        "a/b?c",
        "a/b#c",
        "a/..",
        "a/.",
        "a//b",
        "a/b\n",
        "\u00e4/b",
        "a/b%2f",
        "apache/kafka.git"
      })
  void anythingElseIsRefusedInOneSentence(String text) {
    assertThatThrownBy(() -> RepositoryName.parse(text))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("owner/name, such as apache/kafka");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://github.com/apache/kafka",
        "github.com/apache/kafka",
        "git@github.com:apache/kafka.git",
        "https://github.example.com/a/b"
      })
  void anAddressIsRefusedWithAHint(String text) {
    assertThatThrownBy(() -> RepositoryName.parse(text))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("Use only the part of the address after the host");
  }

  @Test
  void aPasswordInAnAddressIsNotRepeated() {
    assertThatThrownBy(() -> RepositoryName.parse("https://me:s3cret@github.com/a/b"))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageNotContaining("s3cret");
  }
}
