package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The statements that the page for operators shows run on a real database. */
class OperationsPageTest {

  private static final Pattern SQL = Pattern.compile("```sql\n(.*?);?\n```", Pattern.DOTALL);

  @Test
  void everyStatementOfThePageRuns() throws Exception {
    TestDatabase database = TestDatabase.postgres();
    database.install();
    String page = Files.readString(Path.of("..", "docs", "operations.md"));
    List<String> statements = SQL.matcher(page).results().map(found -> found.group(1)).toList();
    assertThat(statements).hasSizeGreaterThanOrEqualTo(7);
    for (String statement : statements) {
      database.execute(withTables(statement));
    }
  }

  /** The test's tables have a schema and a prefix of their own. */
  private static String withTables(String statement) {
    Matcher matcher =
        Pattern.compile("\\b(FROM|JOIN) ((?:backfill_|sync_)[a-z_]+)").matcher(statement);
    return matcher.replaceAll("$1 {$2}");
  }
}
