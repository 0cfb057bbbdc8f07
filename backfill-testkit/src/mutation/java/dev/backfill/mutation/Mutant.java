package dev.backfill.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.backfill.api.failure.BackfillException;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/**
 * A module with a clause taken out, beside the real one: the changed file is compiled into a folder
 * of its own, and a class loader prefers that folder.
 */
public final class Mutant {

  private static final Path MAIN = Path.of("src", "main");
  private static final Path CLASSES = Path.of("target", "classes");
  private static final Path TESTS = Path.of("target", "test-classes");

  private final String module;
  private final Path folder;

  private Mutant(String module, Path folder) {
    this.module = module;
    this.folder = folder;
  }

  /**
   * The module as it is.
   *
   * @param module its package, such as {@code dev.backfill.core}
   * @param folder an empty folder
   */
  public static Mutant unchanged(String module, Path folder) {
    return new Mutant(module, folder);
  }

  /**
   * The module without a clause.
   *
   * @param module its package, such as {@code dev.backfill.core}
   * @param mutation the clause
   * @param folder an empty folder
   */
  public static Mutant of(String module, Mutation mutation, Path folder) throws IOException {
    String original = Files.readString(MAIN.resolve(mutation.file()));
    assertThat(original.split(Pattern.quote(mutation.text()), -1))
        .as("the clause stands once in %s: %s", mutation.file(), mutation.text())
        .hasSize(2);
    String changed = original.replace(mutation.text(), mutation.replacement());
    if (mutation.isJava()) {
      compile(changed, Path.of(mutation.file()).getFileName(), folder);
    } else {
      Path script = folder.resolve(Path.of("resources").relativize(Path.of(mutation.file())));
      Files.createDirectories(script.getParent());
      Files.writeString(script, changed);
    }
    return new Mutant(module, folder);
  }

  private static void compile(String source, Path name, Path folder) throws IOException {
    Path file = Files.createDirectories(folder.resolve("source")).resolve(name);
    Files.writeString(file, source);
    String path =
        String.join(
            File.pathSeparator,
            CLASSES.toString(),
            System.getProperty("java.class.path", ""),
            System.getProperty("jdk.module.path", ""));
    int result =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-nowarn",
                "-proc:none",
                "-d",
                folder.toString(),
                "-cp",
                path,
                file.toString());
    assertThat(result).as("javac on the changed %s", name).isZero();
  }

  /**
   * Runs the tests, and requires of each that it fails by an assertion or by a refusal of the
   * store's own. An error of the database proves nothing.
   */
  public void assertNoticedBy(List<String> tests) throws Exception {
    TestExecutionSummary summary = run(tests);
    for (String test : tests) {
      assertThat(summary.getFailures())
          .as("%s goes red, and not by an error of the database", test)
          .anyMatch(failure -> isRed(failure.getException()) && isOf(test, failure));
    }
  }

  private static boolean isRed(Throwable failure) {
    return failure instanceof AssertionError
        || failure instanceof BackfillException && !isOfTheDatabase(failure);
  }

  private static boolean isOfTheDatabase(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      for (Class<?> type = cause.getClass(); type != null; type = type.getSuperclass()) {
        // By its name: not every module that uses this reads java.sql.
        if (type.getName().equals("java.sql.SQLException")) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isOf(String test, Failure failure) {
    TestSource source = failure.getTestIdentifier().getSource().orElse(null);
    int hash = test.indexOf('#');
    return hash < 0
        || source instanceof MethodSource method
            && method.getMethodName().equals(test.substring(hash + 1));
  }

  /** Runs tests against the mutant. */
  public TestExecutionSummary run(List<String> tests) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (Path each : List.of(folder, TESTS, CLASSES)) {
      urls.add(each.toUri().toURL());
    }
    try (ChildFirst loader = new ChildFirst(module, urls, Mutant.class.getClassLoader())) {
      List<ClassSelector> selectors = new ArrayList<>();
      for (String test : tests.stream().map(each -> each.split("#")[0]).distinct().toList()) {
        selectors.add(selectClass(loader.loadClass(module + "." + test)));
      }
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        LauncherFactory.create()
            .execute(
                LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectors)
                    .filters(named(tests))
                    .build(),
                listener);
      } finally {
        thread.setContextClassLoader(before);
      }
      return listener.getSummary();
    }
  }

  private static PostDiscoveryFilter named(List<String> tests) {
    Set<String> methods =
        tests.stream()
            .filter(each -> each.contains("#"))
            .map(each -> each.substring(each.indexOf('#') + 1))
            .collect(Collectors.toSet());
    boolean all = tests.stream().anyMatch(each -> !each.contains("#"));
    return descriptor ->
        FilterResult.includedIf(
            all
                || !(descriptor.getSource().orElse(null) instanceof MethodSource method)
                || methods.contains(method.getMethodName()));
  }
}
