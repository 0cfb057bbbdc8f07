package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          postgres://u:p@host/db                 | jdbc:postgresql://host/db           | u | p
          postgresql://u:p@host:5432/db          | jdbc:postgresql://host:5432/db      | u | p
          POSTGRESQL://u:p@host:5432/db          | jdbc:postgresql://host:5432/db      | u | p
          postgres://host                        | jdbc:postgresql://host/             |   |
          postgres://u@host/db                   | jdbc:postgresql://host/db           | u |
          postgres://u%40x:p%3A%2F%40+@host/db   | jdbc:postgresql://host/db           | u@x | p:/@+
          postgres://u:p@ss@host/db              | jdbc:postgresql://host/db           | u | p@ss
          postgres://u:a:b@host/db               | jdbc:postgresql://host/db           | u | a:b
          postgres://[::1]:5432/db               | jdbc:postgresql://[::1]:5432/db     |   |
          postgres://localhost:5432/db           | jdbc:postgresql://localhost:5432/db |   |
          postgres://127.0.0.1/db                | jdbc:postgresql://127.0.0.1/db      |   |
          postgres://[2001:db8::1]:5432/db       | jdbc:postgresql://[2001:db8::1]:5432/db?sslmode=require | |
          postgres://10.0.0.5/db                 | jdbc:postgresql://10.0.0.5/db?sslmode=require | |
          postgres://db.example.com/db           | jdbc:postgresql://db.example.com/db?sslmode=require | |
          postgres://localhost.example.com/db    | jdbc:postgresql://localhost.example.com/db?sslmode=require | |
          postgres://db.internal/db?sslmode=disable | jdbc:postgresql://db.internal/db?sslmode=disable | |
          postgres://db.example.com/db?ssl=true  | jdbc:postgresql://db.example.com/db?ssl=true | |
          postgres://db.example.com/db?ssl=false | jdbc:postgresql://db.example.com/db?ssl=false&sslmode=require | |
          postgres://postgres,db.example.com/db  | jdbc:postgresql://postgres,db.example.com/db?sslmode=require | |
          postgres://u:p@a:1,b:2/db?x=1          | jdbc:postgresql://a:1,b:2/db?x=1    | u | p
          postgres://host/db?user=u&password=p@q | jdbc:postgresql://host/db           | u | p@q
          postgres://u:p@host/db?application_name=x%20y | jdbc:postgresql://host/db?ApplicationName=x+y | u | p
          postgres://u:p@host:6543/db?pgbouncer=true | jdbc:postgresql://host:6543/db?prepareThreshold=0 | u | p
          postgres://u:p@db.abc.supabase.co:5432/postgres | jdbc:postgresql://db.abc.supabase.co:5432/postgres?sslmode=require | u | p
          postgres://u:p@x.pooler.supabase.com:6543/postgres | jdbc:postgresql://x.pooler.supabase.com:6543/postgres?prepareThreshold=0&sslmode=require | u | p
          postgres://u:p@x.supabase.com/postgres?sslmode=verify-full | jdbc:postgresql://x.supabase.com/postgres?sslmode=verify-full | u | p
          postgres://postgres.abc:p@x.pooler.supabase.com:5432/postgres | jdbc:postgresql://x.pooler.supabase.com:5432/postgres?sslmode=require | postgres.abc | p
          postgres://u:p@db.abc.supabase.co:6543/postgres | jdbc:postgresql://db.abc.supabase.co:6543/postgres?prepareThreshold=0&sslmode=require | u | p
          postgres://u:p@DB.abc.SUPABASE.co.:5432/postgres | jdbc:postgresql://DB.abc.SUPABASE.co.:5432/postgres?sslmode=require | u | p
          postgres://u:p@supabase.com.evil.test:6543/x | jdbc:postgresql://supabase.com.evil.test:6543/x?sslmode=require | u | p
          jdbc:postgresql://x.pooler.supabase.com:6543/postgres?user=u&password=p | jdbc:postgresql://x.pooler.supabase.com:6543/postgres?user=u&password=p&prepareThreshold=0&sslmode=require | |
          jdbc:h2:file:./backfill-data/db        | jdbc:h2:file:./backfill-data/db     |   |
          jdbc:postgresql://host/db?password=p   | jdbc:postgresql://host/db?password=p |  |
          """)
  void readsBothNotations(String text, String url, String user, String password) {
    assertThat(DatabaseUrl.parse(text)).isEqualTo(new DatabaseUrl(url, user, password));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "jdbc:",
        "host/secret",
        "mysql://u:secret@host/db",
        "postgres://",
        "postgres://u:secret@/db",
        "postgres://u:secret@:5432/db",
        "postgres://u:secret%zz@host/db",
        "postgres://u:secret@%2Fvar%2Frun%2Fpostgresql/db",
        "postgres://u:[YOUR-PASSWORD]@db.secret.supabase.co:5432/postgres"
      })
  void refusesTheRestWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> DatabaseUrl.parse(text))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource({"postgres://u:secret@", "jdbc:postgresql://"})
  void nothingGoesToSupabaseUnencrypted(String start) {
    for (String weak : List.of("disable", "allow", "prefer", "PREFER", "perhaps", "")) {
      assertThatThrownBy(
              () -> DatabaseUrl.parse(start + "db.abc.supabase.co/postgres?sslmode=" + weak))
          .as(weak)
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining("verify-full")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void knowsWhatToTryWhenASupabaseHostDoesNotAnswer() {
    assertThat(DatabaseUrl.parse("postgres://u:p@db.abc.supabase.co:5432/postgres").advice())
        .contains("IPv6");
    assertThat(DatabaseUrl.parse("postgres://u:p@x.pooler.supabase.com:6543/postgres").advice())
        .contains("postgres.PROJECT-REF");
    assertThat(DatabaseUrl.parse("postgres://u:p@db.example.com/postgres").advice()).isNull();
    assertThat(DatabaseUrl.parse("jdbc:h2:mem:x").advice()).isNull();
  }

  @Test
  void neverShowsThePassword() {
    assertThat(DatabaseUrl.parse("postgres://u:secret@host/db").toString())
        .doesNotContain("secret")
        .contains("host");
    assertThat(DatabaseUrl.parse("jdbc:postgresql://host/db?user=u&password=secret&x=1").toString())
        .doesNotContain("secret")
        .contains("x=1");
  }
}
