package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.cli.command.BackfillCommand;
import dev.backfill.cli.text.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is said to people who ask for work. */
class TrackCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void whoAsksForWhatSomebodyHasPausedIsTold() {
    assertThat(run("track", "a/b")).isZero();
    assertThat(run("pause", "a/b", "--actor", "ann", "--reason", "lunch")).isZero();
    assertThat(run("sync", "a/b")).isEqualTo(ExitCode.FAILED.number());
    assertThat(out.toString())
        .contains("a/b pull requests: is paused; backfill resume a/b continues it");
    assertThat(run("explain", "a/b")).isZero();
    assertThat(out.toString()).containsPattern("stopped +by ann at .*: lunch; resume continues it");
  }

  @Test
  void nothingThatIsUnknownBeginsAgain() {
    assertThat(run("track", "a/b")).isZero();
    assertThat(run("reload", "a/c")).isEqualTo(ExitCode.FAILED.number());
    assertThat(err.toString()).contains("There is no backfill of a/c in " + url());
    assertThat(run("reload", "A/B")).isZero();
    assertThat(out.toString()).contains("a/b pull requests: is reloaded");
    assertThat(run("quarantine", "list", "a/c")).isEqualTo(ExitCode.FAILED.number());
    assertThat(run("quarantine", "list", "a/b")).isZero();
  }

  @Test
  void formerNamesOfCommandsAndOptionsStillWork() {
    assertThat(run("track", "a/b")).isZero();
    assertThat(run("restart", "a/b")).isZero();
    assertThat(out.toString()).contains("a/b pull requests: is reloaded");
    assertThat(run("pause", "a/b", "--by", "ann")).isZero();
    assertThat(run("explain", "a/b")).isZero();
    assertThat(out.toString()).containsPattern("stopped +by ann at ");
    assertThat(run("suspend-actions", "--reason", "runners are down")).isZero();
    assertThat(run("actions", "enable")).isZero();
    assertThat(out.toString()).contains("Jobs are sent to GitHub Actions again.");
    assertThat(run("restore-actions")).isZero();
    assertThat(out.toString()).contains("GitHub Actions was not suspended");
    assertThat(run("worker", "--any", "--once", "--include", "none")).isZero();
  }

  @Test
  void helpShowsNoFormerName() {
    assertThat(command().execute("--help")).isZero();
    assertThat(command().execute("pause", "--help")).isZero();
    assertThat(command().execute("worker", "--help")).isZero();
    assertThat(command().execute("actions", "--help")).isZero();
    assertThat(out.toString())
        .contains("reload", "--actor", "--all-placements", "disable", "enable")
        .doesNotContain("restart", "--by", "--any", "suspend-actions", "restore-actions");
  }

  @Test
  void withNothingTrackedNothingIsCompared() {
    assertThat(run("detect")).isZero();
    assertThat(out.toString()).contains("No repository is tracked. Nothing was compared");
  }

  @Test
  void whatIsEmptyIsNoAddress() {
    CommandLine command = command();
    assertThat(command.execute("status", "--jdbc-url", "")).isEqualTo(ExitCode.USAGE.number());
    assertThat(err.toString()).contains("--jdbc-url is empty");
  }

  @Test
  void aMistypedCommandHasASuggestion() {
    assertThat(command().execute("stauts")).isEqualTo(ExitCode.USAGE.number());
    assertThat(err.toString()).contains("Did you mean", "backfill status");
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--jdbc-url");
    all.add(url());
    return command().execute(all.toArray(String[]::new));
  }

  private CommandLine command() {
    CommandLine command = BackfillCommand.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command;
  }

  private String url() {
    return "jdbc:h2:file:" + folder.resolve("history").toAbsolutePath();
  }
}
