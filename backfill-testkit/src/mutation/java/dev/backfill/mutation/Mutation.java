package dev.backfill.mutation;

import java.util.List;

/**
 * A safety clause taken out of a source file or a script.
 *
 * @param clause what is taken out, for people
 * @param file the file under {@code src/main}, such as {@code java/dev/backfill/...}
 * @param text what stands there, exactly once
 * @param replacement what stands there instead
 * @param tests the tests that have to notice, each {@code Class#method}, or {@code Class} where any
 *     of its methods may; the class without the module's package
 */
public record Mutation(
    String clause, String file, String text, String replacement, List<String> tests) {

  /** Copies the list. */
  public Mutation {
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
