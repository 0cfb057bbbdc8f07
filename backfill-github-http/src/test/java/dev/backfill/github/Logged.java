package dev.backfill.github;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged while it is open; the tests' logging goes to standard error. */
final class Logged implements AutoCloseable {

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Logged() {
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  int times(String part) {
    return text().split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
