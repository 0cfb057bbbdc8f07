package dev.backfill.github.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CleanTextTest {

  @Test
  void aTextThatIsFitIsNotCopied() {
    for (String text :
        new String[] {"", "plain", "gr\u00fcn \u4e2d", "an emoji \ud83d\ude00\ud83d\ude80"}) {
      assertThat(CleanText.of(text)).isSameAs(text);
    }
  }

  @Test
  void halvesBecomeReplacementsAndNulIsLeftOut() {
    assertThat(CleanText.of("a\0b")).isEqualTo("ab");
    assertThat(CleanText.of("\ud83d\ude00\ud83d")).isEqualTo("\ud83d\ude00\uFFFD");
    assertThat(CleanText.of("\ud83dx\ude00")).isEqualTo("\uFFFDx\uFFFD");
    assertThat(CleanText.of("\ude00\ud83d\ude00\0")).isEqualTo("\uFFFD\ud83d\ude00");
  }
}
