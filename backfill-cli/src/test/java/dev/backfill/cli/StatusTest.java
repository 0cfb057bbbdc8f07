package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Phase;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.cli.view.StatusJson;
import dev.backfill.cli.view.StatusText;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTest {

  private static final List<Backfill> BACKFILLS =
      List.of(
          Results.backfill("github:pull-requests", BackfillStatus.COMPLETED, null, null, null),
          Results.backfill(
              "github:review-comments",
              BackfillStatus.WAITING,
              new Decision.Wait(Results.UNTIL, "quota"),
              null,
              null),
          Results.backfill(
              "github:issue-comments", BackfillStatus.RUNNING, null, "host/pid-7", "it broke"));

  @Test
  void table() {
    List<String> lines =
        StatusText.of(BACKFILLS, Results.UNTIL.minusSeconds(1), ZoneId.of("Europe/Berlin"))
            .lines()
            .toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith("TARGET").endsWith("REMARKS");
    assertThat(lines.get(1)).contains("completed", "1,050 of 2,000", "100.0 %");
    assertThat(lines.get(2))
        .contains("52.5 %")
        .endsWith("waits until 2026-11-23 21:05:07 CET: quota");
    assertThat(lines.get(3)).contains("held by host/pid-7, lease until", "last error: it broke");
    int column = lines.get(0).indexOf("STATUS");
    assertThat(lines.get(3).substring(column)).startsWith("running");
  }

  @Test
  void aWaitThatIsOverNoLongerReadsAsIfItWentOn() {
    assertThat(StatusText.of(BACKFILLS, Results.UNTIL, ZoneId.of("Europe/Berlin")))
        .contains("waits for a worker since 2026-11-23 21:05:07 CET, when this ended: quota")
        .doesNotContain("waits until");
  }

  @Test
  void thePhaseIsShownWhereItSaysMoreThanTheStatus() throws IOException {
    assertThat(status(Phase.CATCH_UP, BackfillStatus.WAITING)).contains("waiting, catching up");
    assertThat(status(Phase.CATCH_UP, BackfillStatus.COMPLETED)).doesNotContain("catching");
    assertThat(status(Phase.RETRY, BackfillStatus.RUNNING))
        .contains("running, retrying quarantined items");
    assertThat(status(Phase.RETRY, BackfillStatus.PENDING)).doesNotContain("again");
    JsonNode json =
        new ObjectMapper()
            .readTree(StatusJson.of(List.of(backfill(Phase.CATCH_UP, BackfillStatus.RUNNING))));
    assertThat(json.path("backfills").path(0).path("phase").asText()).isEqualTo("catch_up");
  }

  private static String status(Phase phase, BackfillStatus status) {
    return StatusText.of(
        List.of(backfill(phase, status)), Results.UNTIL, ZoneId.of("Europe/Berlin"));
  }

  private static Backfill backfill(Phase phase, BackfillStatus status) {
    return Results.inPhase(phase, "github:pull-requests", status, null, null, null);
  }

  @Test
  void json() throws IOException {
    JsonNode json = new ObjectMapper().readTree(StatusJson.of(BACKFILLS)).path("backfills");
    assertThat(json).hasSize(3);
    assertThat(json.path(0).path("percent").asDouble()).isEqualTo(100);
    assertThat(json.path(1).path("waitReason").asText()).isEqualTo("quota");
    assertThat(json.path(2).path("holder").asText()).isEqualTo("host/pid-7");
    assertThat(json.path(2).path("lastError").asText()).isEqualTo("it broke");
    assertThat(json.path(0).path("holder").isNull()).isTrue();
  }

  @Test
  void theSourcesNoteOnACompletionIsShown() throws Exception {
    String note = "GitHub has pull requests switched off.";
    List<Backfill> noted =
        List.of(Results.complete("github:pull-requests", BackfillStatus.COMPLETED, note));

    assertThat(StatusText.of(noted, Results.UNTIL, ZoneId.of("Europe/Berlin")))
        .contains("completed")
        .contains(note);
    JsonNode json = new ObjectMapper().readTree(StatusJson.of(noted)).path("backfills");
    assertThat(json.path(0).path("note").asText()).isEqualTo(note);
  }
}
