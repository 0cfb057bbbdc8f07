package dev.backfill.cli.text;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** The terminal of standard error. Java has no API for it; {@code stty} reports its size. */
public final class Terminal {

  private static final String[] SIZE = {"sh", "-c", "test -t 2 && stty size <&2"};
  private static final int DEFAULT_WIDTH = 80;

  private Terminal() {}

  /** Returns the columns of the terminal; empty if standard error is none, or a dumb one. */
  public static OptionalInt width() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return OptionalInt.empty();
    }
    try {
      Process process = new ProcessBuilder(SIZE).redirectError(Redirect.INHERIT).start();
      process.getOutputStream().close();
      try (InputStream out = process.getInputStream()) {
        String answer = new String(out.readNBytes(64), StandardCharsets.US_ASCII).strip();
        boolean ended = process.waitFor(2, TimeUnit.SECONDS);
        return ended && process.exitValue() == 0 ? columns(answer) : OptionalInt.empty();
      }
    } catch (IOException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  /** Parses the output of {@code stty size}: rows, a blank, columns; 0 if they are unknown. */
  public static OptionalInt columns(String answer) {
    if (!answer.matches("\\d{1,5} \\d{1,5}")) {
      return OptionalInt.empty();
    }
    int columns = Integer.parseInt(answer.substring(answer.indexOf(' ') + 1));
    return OptionalInt.of(columns == 0 ? DEFAULT_WIDTH : columns);
  }

  /** Returns true if standard error is encoded as UTF-8, so that block characters are shown. */
  public static boolean writesUnicode() {
    String encoding =
        System.getProperty(
            "stderr.encoding",
            System.getProperty("sun.stderr.encoding", Charset.defaultCharset().name()));
    return "UTF-8".equalsIgnoreCase(encoding);
  }
}
