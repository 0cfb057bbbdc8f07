package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.store.BackfillKey;
import dev.backfill.cli.command.BackfillCommand;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.core.config.BackfillSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StatusCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void someRepositoriesCanBeLookedAtAlone() {
    register("apache/kafka", "apache/commons-csv");
    assertThat(run("Apache/Kafka")).isZero();
    assertThat(out.toString()).contains("apache/kafka").doesNotContain("commons-csv");
  }

  @Test
  void aRepositoryThatIsNotThereIsNamedWithTheDatabase() {
    register("apache/kafka");
    assertThat(run("apache/kafka", "apache/kafak")).isEqualTo(ExitCode.FAILED.number());
    assertThat(out.toString()).contains("apache/kafka");
    assertThat(err.toString()).contains("There is no backfill of apache/kafak in " + url());
  }

  @Test
  void aDatabaseWithoutBackfillsIsNamed() {
    assertThat(run()).isZero();
    assertThat(err.toString()).contains("no backfills yet in " + url());
    assertThat(folder).isEmptyDirectory();
  }

  private void register(String... targets) {
    BackfillSettings settings =
        BackfillSettings.builder().set(BackfillSettings.JDBC_URL, url()).build();
    try (Database database = Database.open(settings, 2)) {
      for (String target : targets) {
        database
            .store()
            .progress()
            .register(new BackfillKey("github:pull-requests", target), "manual");
      }
    }
  }

  private int run(String... repositories) {
    CommandLine command = BackfillCommand.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    String[] arguments = new String[repositories.length + 3];
    arguments[0] = "status";
    arguments[1] = "--jdbc-url";
    arguments[2] = url();
    System.arraycopy(repositories, 0, arguments, 3, repositories.length);
    return command.execute(arguments);
  }

  private String url() {
    return "jdbc:h2:file:" + folder.resolve("history").toAbsolutePath();
  }
}
