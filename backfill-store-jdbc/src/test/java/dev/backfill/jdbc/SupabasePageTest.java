package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.project.SupabaseProject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page about Supabase says can be done. */
class SupabasePageTest {

  private static final Path PAGE = Path.of("..", "docs", "supabase.md");
  private static final Pattern SQL = Pattern.compile("(?s)```sql\\R(.*?)```");
  private static final Pattern SELECT = Pattern.compile("from\\('(\\w+)'\\)\\.select\\('([^']*)'");
  private static final Pattern ROW = Pattern.compile("\\brow\\.(\\w+)");

  private final SupabaseProject project = migrated();

  private static SupabaseProject migrated() {
    try {
      SupabaseProject project = SupabaseProject.create();
      SupabaseProject.apply(project.owner(), SchemaScripts.supabase(TableNames.DEFAULT));
      return project;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyStatementCanBeRunAfterTheMigration() throws Exception {
    List<String> blocks = found(SQL, 1);
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(3);
    for (String block : blocks) {
      SupabaseProject.apply(project.owner(), block);
    }
    assertThat(
            SupabaseProject.query(
                project.owner(),
                "SELECT DISTINCT tablename FROM pg_policies WHERE policyname = 'backfill_read'"
                    + " ORDER BY 1"))
        .containsExactly("backfill_chunks", "backfill_progress");
  }

  @Test
  void aSignedInUserReadsWhatTheBrowserAsksFor() throws Exception {
    List<String> tables = found(SELECT, 1);
    List<String> columns = found(SELECT, 2);
    assertThat(tables).isNotEmpty();
    for (int i = 0; i < tables.size(); i++) {
      project.query("authenticated", "SELECT " + columns.get(i) + " FROM " + tables.get(i));
    }
    List<String> row = found(ROW, 1);
    assertThat(row).isNotEmpty();
    project.query("authenticated", "SELECT " + String.join(", ", row) + " FROM backfill_progress");
  }

  private static List<String> found(Pattern pattern, int group) throws Exception {
    return pattern
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult match) -> match.group(group))
        .toList();
  }
}
