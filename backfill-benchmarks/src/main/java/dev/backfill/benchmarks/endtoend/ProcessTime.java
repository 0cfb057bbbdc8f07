package dev.backfill.benchmarks.endtoend;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The time of this process, and its processor time, in milliseconds. Linux counts the JVM's own
 * part: its threads live to the end. Threads that run Java may have ended, so their part is the
 * rest.
 *
 * @param wall time
 * @param cpu processor time
 * @param compiler processor time of the JVM's compilers
 * @param collector processor time of its garbage collector and other threads of its own
 */
record ProcessTime(long wall, long cpu, long compiler, long collector) {

  /** The times before the process began. */
  static final ProcessTime NONE = new ProcessTime(0, 0, 0, 0);

  private static final int MILLIS_OF_A_TICK = 10;
  private static final List<String> COLLECTOR = List.of("G1 ", "GC ", "VM ");

  static ProcessTime now() throws IOException {
    long wall = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long cpu = TimeUnit.NANOSECONDS.toMillis(system.getProcessCpuTime());
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
    return new ProcessTime(wall, cpu, compiler, collector);
  }

  ProcessTime since(ProcessTime earlier) {
    return new ProcessTime(
        wall - earlier.wall,
        cpu - earlier.cpu,
        compiler - earlier.compiler,
        collector - earlier.collector);
  }

  /** Returns the statistics of a thread; empty if it has ended. */
  private static String stat(Path task) throws IOException {
    try {
      return Files.readString(task.resolve("stat"));
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
