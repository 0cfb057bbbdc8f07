package dev.backfill.cli;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * A class-data archive of the program: its classes, and the JDK's that it uses, as a JVM holds them
 * in memory. The first test that starts a process makes it; a process that maps it starts sooner.
 */
final class ClassArchive {

  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final List<String> OPTIONS = make();

  private ClassArchive() {}

  /** Returns the JVM options that use the archive, none if this JVM cannot make one. */
  static List<String> options() {
    return OPTIONS;
  }

  private static List<String> make() {
    Path archive = CliProcess.JAR.resolveSibling("backfill.jsa");
    try {
      Files.deleteIfExists(archive);
      Path folder = Files.createTempDirectory(archive.getParent(), "class-archive");
      Path classes = folder.resolve("backfill.classlist");
      recordRun(folder, classes);
      Files.write(classes, classesOfTheJar(), StandardOpenOption.APPEND);
      dump(folder, classes, archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Files.exists(archive)
        ? List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive)
        : List.of();
  }

  private static void recordRun(Path folder, Path classes) {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/repo", 60)).start()) {
      CliProcess.in(folder)
          .env("GITHUB_API_URL", github.url())
          .env("GITHUB_TOKEN", "token")
          .withoutArchive()
          .jvm("-XX:DumpLoadedClassList=" + classes)
          .run(TIMEOUT, "run", "sim/repo");
    }
  }

  /** Lists what the run may not have loaded: all of ours, and the driver of PostgreSQL. */
  private static List<String> classesOfTheJar() throws IOException {
    try (JarFile jar = new JarFile(CliProcess.JAR.toFile())) {
      return jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.matches("(dev/backfill|org/postgresql)/.*\\.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .toList();
    }
  }

  private static void dump(Path folder, Path classes, Path archive) {
    CliProcess.in(folder)
        .withoutArchive()
        .jvm("-Xshare:dump", "-XX:SharedClassListFile=" + classes)
        .jvm("-XX:SharedArchiveFile=" + archive)
        .run(TIMEOUT);
  }
}
