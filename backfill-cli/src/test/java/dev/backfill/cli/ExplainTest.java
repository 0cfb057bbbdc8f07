package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.cli.command.BackfillCommand;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.policy.AdaptiveRateLimitPolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ExplainTest {

  private static final AdaptiveRateLimitPolicy POLICY =
      AdaptiveRateLimitPolicy.ofDefaults().withBounds(1, 100);

  private final StringWriter out = new StringWriter();

  @TempDir Path folder;

  @BeforeEach
  void store() {
    BackfillSettings settings =
        BackfillSettings.builder().set(BackfillSettings.JDBC_URL, url()).build();
    try (Database database = Database.open(settings, 2)) {
      Claim granted =
          database
              .store()
              .progress()
              .claim(
                  database
                      .store()
                      .progress()
                      .register(new BackfillKey("github:pull-requests", "apache/kafka"), "manual")
                      .id(),
                  new LeaseRequest("worker", "local", Duration.ofMinutes(5)));
      Decision.Proceed decision =
          (Decision.Proceed)
              POLICY.decide(
                  new PolicyInput(
                      Results.UNTIL,
                      null,
                      Total.exact(1_000),
                      1,
                      List.of(new ChunkSample(18, 18, Duration.ofMillis(16_200), 1, false))));
      commit(database, granted.lease(), 1, decision.reason(), decision.basis());
      commit(database, granted.lease(), 2, "of an older release", null);
    }
  }

  private static void commit(
      Database database, Lease lease, int number, String reason, @Nullable String basis) {
    database
        .store()
        .progress()
        .commit(
            lease,
            new ChunkCommit<PullRequest>(
                number,
                UUID.randomUUID(),
                number == 1 ? Cursor.START : new Cursor("after 1"),
                new Chunk<>(
                    List.of(),
                    List.of(new RejectedItem("7", "too long", "")),
                    new Cursor("after " + number),
                    false,
                    1),
                new Decision.Proceed(27, 0, reason, basis),
                null,
                Duration.ZERO,
                Results.UNTIL,
                Total.exact(1_000)),
            database.store().sink(PullRequest.class).orElseThrow());
  }

  @Test
  void aChunksSizeIsExplainedByWhatItWasWorkedOutFrom() {
    assertThat(run("explain", "apache/kafka", "1"))
        .contains("0 item(s) of 27 asked for: grows from 18")
        .contains(
            "because            27 items: growth binds, after 18 it may grow to 27, a chunk may have 100, at 0.9 s an item 30 s allow 33");
  }

  @Test
  void aChunkThatKeptNoBasisHasItsReason() {
    assertThat(run("explain", "apache/kafka", "2"))
        .contains("0 item(s) of 27 asked for: of an older release")
        .doesNotContain("because");
  }

  @Test
  void aChunkThatWasNeverCommittedIsNamed() {
    assertThat(run("explain", "apache/kafka", "3")).contains("was not committed");
  }

  @Test
  void itSaysWhichChunksThereAre() {
    assertThat(run("explain", "apache/kafka"))
        .contains("chunks             1 to 2; explain TARGET CHUNK shows the reasons for a size");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "0", "-1", "1.5"})
  void aChunkThatIsNoNumberIsRefusedWithTheRule(String chunk) {
    StringWriter err = new StringWriter();
    CommandLine command = BackfillCommand.commandLine();
    command.setErr(new PrintWriter(err, true));
    assertThat(command.execute("explain", "--jdbc-url", url(), "--", "apache/kafka", chunk))
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(err.toString())
        .contains("CHUNK is \"" + chunk + "\"; it must be a number from 1 on");
  }

  private String url() {
    return "jdbc:h2:file:" + folder.resolve("history").toAbsolutePath();
  }

  private String run(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--jdbc-url";
    all[arguments.length + 1] = url();
    CommandLine command = BackfillCommand.commandLine(arguments);
    command.setOut(new PrintWriter(out, true));
    assertThat(command.execute(all)).isZero();
    return out.toString();
  }
}
