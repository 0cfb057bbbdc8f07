package dev.backfill.core.simulation;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Tests whose engines would fill the log with thousands of histories. */
@ResourceLock(Resources.SYSTEM_ERR)
public abstract class SilentTest {

  private static final PrintStream ERR = System.err;

  @BeforeAll
  static void silenceTheLog() {
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  @AfterAll
  static void restoreTheLog() {
    System.setErr(ERR);
  }
}
