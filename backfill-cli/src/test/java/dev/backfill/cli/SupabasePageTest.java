package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.backfill.cli.command.BackfillCommand;
import dev.backfill.jdbc.DatabaseUrl;
import dev.backfill.jdbc.JdbcStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** The commands of the page about Supabase are commands of the program. */
class SupabasePageTest {

  private static final Path PAGE = Path.of("..", "docs", "supabase.md");

  @Test
  void theCommandsExist() throws IOException {
    List<String> commands = found("(?m)^ *backfill ([^>\\n]*)", 1);
    assertThat(commands).hasSizeGreaterThanOrEqualTo(4);
    for (String command : commands) {
      String[] args = command.strip().split(" ");
      assertThatCode(() -> BackfillCommand.commandLine(args).parseArgs(args))
          .as(command)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void theConnectionStringIsUnderstood() throws IOException {
    List<String> strings = found("SUPABASE_DB_URL='([^']*)'", 1);
    assertThat(strings).hasSize(1);
    DatabaseUrl url = DatabaseUrl.parse(strings.get(0));
    assertThat(url.user()).isEqualTo("postgres.PROJECT-REF");
    assertThat(url.password()).isEqualTo("PASSWORD");
    assertThat(url.jdbcUrl()).endsWith(".pooler.supabase.com:5432/postgres?sslmode=require");
  }

  /** The browser's page reads only columns that the schema has. */
  @Test
  void theExamplePageReadsColumnsThatExist() throws Exception {
    String script = Files.readString(Path.of("..", "examples", "supabase", "progress.js"));
    Matcher matcher =
        Pattern.compile("\\.from\\('(\\w+)'\\)\\s*\\.select\\('([^']+)'\\)").matcher(script);
    assertThat(matcher.find()).isTrue();
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    JdbcStore.open(database).installSchema();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      String sql = "SELECT " + matcher.group(2) + " FROM " + matcher.group(1);
      assertThatCode(() -> statement.executeQuery(sql)).doesNotThrowAnyException();
    }
    assertThat(Files.readString(Path.of("..", "examples", "supabase", "index.html")))
        .contains("src=\"progress.js\"");
  }

  private static List<String> found(String pattern, int group) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(PAGE))
        .results()
        .map(match -> match.group(group))
        .toList();
  }
}
