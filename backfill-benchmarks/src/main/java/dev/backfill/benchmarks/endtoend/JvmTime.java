package dev.backfill.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processor time that the JVM itself has used in this process, as Linux counts it. Its threads
 * stay to the end; those that run Java may be gone, and theirs is what is left.
 *
 * @param compiler milliseconds of the JVM's compilers
 * @param collector milliseconds of its garbage collector and other threads of its own
 */
record JvmTime(long compiler, long collector) {

  private static final int MILLIS_OF_A_TICK = 10;
  private static final List<String> COLLECTOR = List.of("G1 ", "GC ", "VM ");

  static JvmTime now() throws IOException {
    long compiler = 0;
    long collector = 0;
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        String stat = stat(task);
        if (stat.isEmpty()) {
          continue;
        }
        int end = stat.lastIndexOf(')');
        String name = stat.substring(stat.indexOf('(') + 1, end);
        String[] fields = stat.substring(end + 2).split(" ");
        long millis = MILLIS_OF_A_TICK * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
        if (name.startsWith("C1 ") || name.startsWith("C2 ")) {
          compiler += millis;
        } else if (COLLECTOR.stream().anyMatch(name::startsWith)) {
          collector += millis;
        }
      }
    }
    return new JvmTime(compiler, collector);
  }

  /** Empty when the thread has ended meanwhile. */
  private static String stat(Path task) throws IOException {
    try {
      return Files.readString(task.resolve("stat"));
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
