package dev.backfill.github.contract;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Resources beside a class, in a folder of classes or in a jar. */
final class ClassPathFiles {

  private ClassPathFiles() {}

  /** The texts of the files of a folder whose names end so, by name. */
  static Map<String, String> find(Class<?> beside, String folder, String end) throws Exception {
    Path place = Path.of(beside.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return texts(place.resolve(folder), end);
    }
    URI jar = URI.create("jar:" + place.toUri());
    try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
      return texts(files.getPath(folder), end);
    }
  }

  private static Map<String, String> texts(Path folder, String end) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(path -> path.toString().endsWith(end)).toList()) {
          texts.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return texts;
  }
}
