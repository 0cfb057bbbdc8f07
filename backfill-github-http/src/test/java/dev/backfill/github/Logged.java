package dev.backfill.github;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The log while this is open; the tests' logging goes to standard error. */
public final class Logged implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Starts to listen. */
  public Logged() {
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  /** Returns the log so far. */
  public String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Counts a text in the log so far. */
  public int times(String part) {
    return text().split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
