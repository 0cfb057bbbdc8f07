package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.cli.view.ActionsOutput;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActionsOutputTest {

  private static BackfillEvent.SliceEnded failed(String target, String error) {
    return new BackfillEvent.SliceEnded(
        new BackfillKey("github:pull-requests", target),
        Instant.EPOCH,
        BackfillStatus.FAILED,
        error,
        0,
        new Progress(0, 0, Total.UNKNOWN, 0, null, null));
  }

  private static String shown(Map<String, String> environment, BackfillEvent event) {
    StringWriter text = new StringWriter();
    ActionsOutput.of(environment, new PrintWriter(text)).onEvent(event);
    return text.toString();
  }

  @Test
  void anErrorCannotBeAnotherCommand() {
    String hostile = "100 %\n::set-output name=x::y";
    assertThat(shown(Map.of("GITHUB_ACTIONS", "true"), failed("a/b", hostile)))
        .isEqualToIgnoringNewLines(
            "::error title=Backfill of a/b pull requests::100 %25%0A::set-output name=x::y");
    assertThat(shown(Map.of("GITHUB_ACTIONS", "true"), failed("a:b,c/d", "e")))
        .startsWith("::error title=Backfill of a%3Ab%2Cc/d pull requests::e");
  }

  @Test
  void elsewhereNothingIsShown() {
    assertThat(shown(Map.of(), failed("a/b", "e"))).isEmpty();
  }

  @Test
  void theLinkToTheRunIsMadeOfWhatGitHubSays() {
    Map<String, String> run =
        Map.of(
            "GITHUB_SERVER_URL", "https://github.com",
            "GITHUB_REPOSITORY", "a/b",
            "GITHUB_RUN_ID", "17");
    assertThat(ActionsOutput.of(run, new PrintWriter(new StringWriter())).runLink())
        .isEqualTo("https://github.com/a/b/actions/runs/17");
    assertThat(
            ActionsOutput.of(
                    Map.of("GITHUB_SERVER_URL", "javascript:x"),
                    new PrintWriter(new StringWriter()))
                .runLink())
        .isNull();
  }
}
