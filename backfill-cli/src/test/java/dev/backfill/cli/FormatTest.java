package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Redaction;
import dev.backfill.cli.text.Terminal;
import dev.backfill.core.config.BackfillSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {

  @ParameterizedTest
  @CsvSource({"PT0.32S, 0.3s", "PT9S, 9s", "PT67S, 1m 07s", "PT2H5M9S, 2h 05m", "PT50H, 2d 02h"})
  void durations(Duration duration, String text) {
    assertThat(Format.duration(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-12-01T13:03:07Z, Europe/Berlin, 2026-12-01 14:03:07 CET",
    "2026-07-01T12:03:06.001Z, Europe/Berlin, 2026-07-01 14:03:07 CEST",
    "2026-12-01T13:03:07Z, UTC, 2026-12-01 13:03:07 UTC"
  })
  void aMomentIsLocalTimeWithItsZone(Instant moment, ZoneId zone, String text) {
    assertThat(Format.moment(moment, zone)).isEqualTo(text);
  }

  @Test
  void passwordsAreMasked() {
    assertThat(Redaction.masked("jdbc:postgresql://h/db?user=u&password=geheim&ssl=true"))
        .isEqualTo("jdbc:postgresql://h/db?user=u&password=***&ssl=true");
    assertThat(Redaction.masked("postgresql://u:ge/he im@h/db"))
        .isEqualTo("postgresql://u:***@h/db");
    assertThat(Redaction.masked("jdbc:h2:x;PASSWORD=\"a b\";Y=1"))
        .isEqualTo("jdbc:h2:x;PASSWORD=***;Y=1");
    assertThat(Redaction.masked("jdbc:h2:x;PASSWORD=a b")).isEqualTo("jdbc:h2:x;PASSWORD=***");
    assertThat(Redaction.masked("postgresql://u:ge:he@im@h:6543/db"))
        .isEqualTo("postgresql://u:***@h:6543/db");
    BackfillSettings settings =
        BackfillSettings.builder()
            .set(BackfillSettings.JDBC_URL, "jdbc:h2:file:./x;PASSWORD=geheim")
            .build();
    assertThat(Database.shown(settings)).isEqualTo("jdbc:h2:file:./x");
  }

  @Test
  void theCommandToGoOnCanBeCopied() {
    Invocation invocation =
        new Invocation("backfill", List.of("run", "a/b", "--jdbc-url", "jdbc:h2:x;PASSWORD=y z"));
    assertThat(invocation.again()).doesNotContain("y").startsWith("backfill run a/b --jdbc-url '");
  }

  @Test
  void theSizeOfATerminal() {
    assertThat(Terminal.columns("24 110")).hasValue(110);
    assertThat(Terminal.columns("0 0")).hasValue(80);
    assertThat(Terminal.columns("")).isEmpty();
    assertThat(Terminal.columns("stty: no")).isEmpty();
  }
}
