package dev.backfill.github.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

  private static boolean isDecodable(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void everyCharacterIsValidWhereverItStands() {
    for (int character = 0; character <= Character.MAX_CODE_POINT; character += 7) {
      if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
        String text = "x".repeat(character % 9) + Character.toString(character) + "y";
        assertThat(Utf8.isValid(text.getBytes(StandardCharsets.UTF_8)))
            .as("U+%04X", character)
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whatJavasDecoderRefusesIsInvalidAndNothingElse(long seed) {
    Random random = new Random(seed);
    int[] interesting = {
      0, 'a', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
      0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };
    int valid = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(6) + (i % 10 == 0 ? 9 : 0)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = (byte) interesting[random.nextInt(interesting.length)];
      }
      boolean expected = isDecodable(bytes);
      valid += expected ? 1 : 0;
      if (Utf8.isValid(bytes) != expected) {
        assertThat(Utf8.isValid(bytes)).as("seed %d, %s", seed, hex(bytes)).isEqualTo(expected);
      }
    }
    assertThat(valid).isBetween(100, 19_900);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
