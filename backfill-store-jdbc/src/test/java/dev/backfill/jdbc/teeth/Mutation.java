package dev.backfill.jdbc.teeth;

import java.util.List;

/**
 * A safety clause taken out of a source file or a script.
 *
 * @param clause what is taken out, for people
 * @param file the file under {@code src/main}, such as {@code java/dev/backfill/...}
 * @param text what stands there, exactly once
 * @param replacement what stands there instead
 * @param tests the classes of tests that have to notice
 */
record Mutation(String clause, String file, String text, String replacement, List<String> tests) {

  Mutation {
    tests = List.copyOf(tests);
  }

  boolean isJava() {
    return file.endsWith(".java");
  }

  @Override
  public String toString() {
    return clause;
  }
}
