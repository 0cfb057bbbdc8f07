package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The example workflow's last step, run by the same shell with the same script. */
final class WorkflowRun implements AutoCloseable {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path WORKFLOW =
      ROOT.resolve("examples/github-actions/progressive-backfill.yml");

  private final Process process;
  private final Path output;
  private final Path summary;

  private WorkflowRun(Process process, Path output, Path summary) {
    this.process = process;
    this.output = output;
    this.summary = summary;
  }

  /**
   * Starts the step.
   *
   * @param folder for its files
   * @param environment what the runner and the workflow's {@code env} give it
   */
  static WorkflowRun start(Path folder, Map<String, String> environment) throws IOException {
    Path script = Files.writeString(folder.resolve("step.sh"), script());
    Path output = folder.resolve("step.log");
    Path summary = folder.resolve("summary.md");
    // As GitHub runs a step whose shell is not named.
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", script.toString())
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("GITHUB_")
                    || name.startsWith("BACKFILL_")
                    || name.startsWith("SUPABASE_")
                    || name.startsWith("ENABLE_"));
    builder.environment().put("GITHUB_ACTIONS", "true");
    builder.environment().put("GITHUB_SERVER_URL", "https://github.com");
    builder.environment().put("GITHUB_STEP_SUMMARY", summary.toString());
    builder.environment().putAll(environment);
    return new WorkflowRun(builder.start(), output, summary);
  }

  /** The last step's script, which is the file's end. */
  private static String script() throws IOException {
    List<String> lines = Files.readAllLines(WORKFLOW);
    int start = lines.lastIndexOf("        run: |") + 1;
    assertThat(start).isPositive();
    return String.join(
            "\n", lines.subList(start, lines.size()).stream().map(String::stripTrailing).toList())
        .stripIndent();
  }

  int await(Duration timeout) throws InterruptedException {
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      close();
      throw new AssertionError("still running after " + timeout + "\n" + this);
    }
    return process.exitValue();
  }

  String output() {
    return read(output);
  }

  String summary() {
    return read(summary);
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public String toString() {
    return output();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
