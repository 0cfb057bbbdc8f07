package dev.backfill.jdbc.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.jdbc.internal.dialect.Dialects;
import dev.backfill.jdbc.internal.sql.Tables;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrades only add, so that nodes of an older release can go on working. */
class AdditiveScriptsTest {

  /** Before it there was no release. */
  private static final int FIRST_RELEASED = 2;

  private static final List<String> DIALECTS = List.of("postgresql", "h2", "sqlite");

  private static final Pattern NEW_THING =
      Pattern.compile(
          "create (table if not exists|index if not exists|or replace view|view if not exists) .*");

  /** A column that an older node need not know: without a value, or with one by itself. */
  private static final Pattern NEW_COLUMN =
      Pattern.compile(
          "alter table \\S+ add column (if not exists )?\\w+ [a-z]+( with time zone| precision)?"
              + "(\\(\\d+(, ?\\d+)?\\))?( (not null )?default [^ ]+)?");

  static Stream<String> statements() {
    return DIALECTS.stream()
        .flatMap(
            dialect -> {
              SchemaStatements statements =
                  new SchemaStatements(
                      Dialects.named(dialect),
                      new Tables(null, "", Dialects.named(dialect).expressions()));
              return SchemaVersion.ALL.stream()
                  .skip(FIRST_RELEASED)
                  .flatMap(version -> statements.of(version).stream());
            })
        .map(AdditiveScriptsTest::normalized);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void everyStatementAfterTheFirstReleaseOnlyAdds(String statement) {
    assertThat(onlyAdds(statement)).as(statement).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE IF EXISTS accounts",
        "ALTER TABLE accounts DROP COLUMN login",
        "ALTER TABLE accounts RENAME COLUMN login TO name",
        "ALTER TABLE accounts RENAME TO users",
        "ALTER TABLE accounts ALTER COLUMN login TYPE varchar(10)",
        "ALTER TABLE accounts ADD COLUMN kind text NOT NULL",
        "ALTER TABLE accounts ADD COLUMN kind text UNIQUE",
        "ALTER TABLE accounts ADD COLUMN kind text CHECK (kind <> '')",
        "ALTER TABLE accounts ADD COLUMN kind text, DROP COLUMN login",
        "ALTER TABLE accounts ADD CONSTRAINT short CHECK (login <> '')",
        "CREATE UNIQUE INDEX IF NOT EXISTS one ON accounts (login)",
        "CREATE TRIGGER t BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION f()",
        "UPDATE accounts SET type = 'User'",
        "CREATE TABLE accounts (id bigint)"
      })
  void theseDoMoreThanAdd(String statement) {
    assertThat(onlyAdds(normalized(statement))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE accounts ADD COLUMN IF NOT EXISTS kind text",
        "-- Why\nALTER TABLE accounts\n  ADD COLUMN kind varchar(20) NOT NULL DEFAULT 'user'",
        "CREATE INDEX IF NOT EXISTS accounts_by_login ON accounts (login)"
      })
  void theseOnlyAdd(String statement) {
    assertThat(onlyAdds(normalized(statement))).isTrue();
  }

  @Test
  void versionsAreNumberedAndTheOldestNodeThatWorksNeverGetsOlder() {
    int oldest = 1;
    for (int i = 0; i < SchemaVersion.ALL.size(); i++) {
      SchemaVersion version = SchemaVersion.ALL.get(i);
      assertThat(version.number()).isEqualTo(i + 1);
      String number = "V00" + (i + 1) + "__";
      assertThat(version.scripts()).allSatisfy(each -> assertThat(each).startsWith(number));
      assertThat(version.compatibleFrom()).isBetween(oldest, version.number());
      oldest = version.compatibleFrom();
    }
  }

  private static boolean onlyAdds(String statement) {
    return NEW_THING.matcher(statement).matches() || NEW_COLUMN.matcher(statement).matches();
  }

  private static String normalized(String statement) {
    return statement
        .replaceAll("(?m)^--.*$", "")
        .strip()
        .replaceAll("\\s+", " ")
        .toLowerCase(Locale.ROOT);
  }
}
