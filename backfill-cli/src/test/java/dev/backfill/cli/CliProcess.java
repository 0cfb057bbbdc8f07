package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The real program in a JVM of its own. Its output goes to files, so that it never waits for a
 * reader and can be looked at while it runs.
 */
final class CliProcess implements AutoCloseable {

  static final Path JAR = Path.of("target", "backfill.jar").toAbsolutePath();

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Process process;
  private final Path out;
  private final Path err;

  private CliProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Begins to describe a process that works in a folder. */
  static Builder in(Path folder) {
    return new Builder(folder);
  }

  /** Waits until the process has ended by itself; it is killed when it does not. */
  int await() {
    return await(TIMEOUT);
  }

  int await(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        throw new AssertionError("still running after " + timeout + "\n" + this);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Waits until something is so. */
  void awaitThat(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        assertThat(condition.getAsBoolean()).as("%s\n%s", what, this).isTrue();
        return;
      }
      try {
        // Cannot end early without the process: a look now and then is all there is.
        process.waitFor(50, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  /** Sends a signal by its name, such as {@code INT}. */
  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Ends the process without giving it a chance, as {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  @Override
  public String toString() {
    return "--- stdout\n" + out() + "--- stderr\n" + err();
  }

  /** Describes a process. Variables of the library in this environment are not passed on. */
  static final class Builder {

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> jvm = new ArrayList<>();
    private List<String> program = List.of("-jar", JAR.toString());
    private List<String> before = List.of();
    private boolean usesArchive = true;

    private Builder(Path folder) {
      this.folder = folder;
    }

    Builder env(String name, Object value) {
      environment.put(name, value.toString());
      return this;
    }

    Builder jvm(String... options) {
      jvm.addAll(Arrays.asList(options));
      return this;
    }

    /** Loads each class from the jar, for the processes that make the archive. */
    Builder withoutArchive() {
      usesArchive = false;
      return this;
    }

    /** Gives the process a file mode mask, as in {@code 000}. */
    Builder umask(String mask) {
      before = List.of("sh", "-c", "umask " + mask + "; exec \"$@\"", "sh");
      return this;
    }

    /** Adds another jar, such as a driver's. */
    Builder classPath(Path jar) {
      program = List.of("-cp", JAR + File.pathSeparator + jar, "dev.backfill.cli.Main");
      return this;
    }

    CliProcess start(String... args) {
      List<String> command = new ArrayList<>(before);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      // A run is short, and two JVMs share a small machine: compile little.
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
      command.addAll(usesArchive ? ClassArchive.options() : List.of());
      command.addAll(jvm);
      command.addAll(program);
      command.addAll(Arrays.asList(args));
      try {
        Path out = Files.createTempFile("backfill-cli", ".out");
        Path err = Files.createTempFile("backfill-cli", ".err");
        out.toFile().deleteOnExit();
        err.toFile().deleteOnExit();
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder
            .environment()
            .keySet()
            .removeIf(
                name ->
                    name.startsWith("GITHUB_")
                        || name.startsWith("BACKFILL_")
                        || name.startsWith("SUPABASE_")
                        || name.startsWith("ENABLE_"));
        builder.environment().putAll(environment);
        return new CliProcess(builder.start(), out, err);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Starts it and waits for its end. */
    CliProcess run(String... args) {
      CliProcess process = start(args);
      process.await();
      return process;
    }

    CliProcess run(Duration timeout, String... args) {
      CliProcess process = start(args);
      process.await(timeout);
      return process;
    }
  }

  int exitCode() {
    return process.exitValue();
  }
}
