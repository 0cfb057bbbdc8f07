package dev.backfill.jdbc.teeth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * This module with a clause taken out, beside the real one: the changed file is compiled into a
 * folder of its own, and a class loader prefers that folder.
 */
final class Mutant {

  private static final Path MAIN = Path.of("src", "main");
  private static final Path CLASSES = Path.of("target", "classes");
  private static final Path TESTS = Path.of("target", "test-classes");

  private final Path folder;

  private Mutant(Path folder) {
    this.folder = folder;
  }

  /** The module as it is. */
  static Mutant unchanged(Path folder) {
    return new Mutant(folder);
  }

  static Mutant of(Mutation mutation, Path folder) throws IOException {
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
    return new Mutant(folder);
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

  /** Runs classes of tests against the mutant. */
  TestExecutionSummary run(List<String> tests) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (Path each : List.of(folder, TESTS, CLASSES)) {
      urls.add(each.toUri().toURL());
    }
    try (ChildFirst loader = new ChildFirst(urls, Mutant.class.getClassLoader())) {
      List<ClassSelector> selectors = new ArrayList<>();
      for (String test : tests) {
        selectors.add(selectClass(loader.loadClass("dev.backfill.jdbc." + test)));
      }
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        LauncherFactory.create()
            .execute(
                LauncherDiscoveryRequestBuilder.request().selectors(selectors).build(), listener);
      } finally {
        thread.setContextClassLoader(before);
      }
      return listener.getSummary();
    }
  }
}
