package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher.Run;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedActions;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.SimulatedWorkflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GitHubActionsDispatcherTest {

  private static final String HOST = "sim/host";
  private static final String FILE = "progressive-backfill.yml";

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(SimulatedRepository.of(HOST, 0))
          .token("good")
          .timeSource(time)
          .start();
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token("good").timeSource(time).build();

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private GitHubActionsDispatcher.Builder dispatcher() {
    return GitHubActionsDispatcher.builder(client, HOST, FILE);
  }

  private Dispatch dispatched(GitHubActionsDispatcher dispatcher, String id)
      throws InterruptedException {
    return dispatcher.dispatch(
        Dispatch.requested(id, time.now()), "apache/kafka", List.of("github:pull-requests"));
  }

  private SimulatedActions.Run run() {
    assertThat(github.actions().runs()).hasSize(1);
    return github.actions().runs().get(0);
  }

  private void workflow(SimulatedWorkflow workflow) {
    github.actions().add(HOST, workflow);
  }

  @Test
  void a200NamesTheRun() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE));
    GitHubActionsDispatcher dispatcher = dispatcher().build();

    Dispatch dispatch = dispatched(dispatcher, "id-1");

    assertThat(dispatcher.destination()).isEqualTo(Destination.GITHUB_ACTIONS);
    assertThat(dispatch.run()).isEqualTo(Long.toString(run().id()));
    assertThat(dispatch.correlationId()).isEqualTo("id-1");
    assertThat(run().request().ref()).isEqualTo("main");
    assertThat(dispatcher.follow(dispatch).name()).isEqualTo(dispatch.run());
    assertThat(dispatcher.follow(dispatch).conclusion()).isNull();
  }

  @Test
  void a204IsMatchedByCorrelationId() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE).answering(SimulatedWorkflow.Details.UNKNOWN));
    GitHubActionsDispatcher dispatcher = dispatcher().build();

    dispatched(dispatcher, "id-1");
    Dispatch second = dispatched(dispatcher, "id-2");
    dispatched(dispatcher, "id-3");

    assertThat(second.run()).isNull();
    long number = github.actions().runs().get(1).id();
    assertThat(dispatcher.follow(second).name()).isEqualTo(Long.toString(number));
    // The key that the server does not know was sent once.
    assertThat(github.log().stream().filter(each -> each.status() == 422)).hasSize(1);
  }

  @Test
  void aRunIsFollowedToItsEnd() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE));
    GitHubActionsDispatcher dispatcher = dispatcher().build();
    Dispatch dispatch = dispatched(dispatcher, "id-1");

    github.actions().begin(run().id());
    assertThat(dispatcher.follow(dispatch).conclusion()).isNull();
    github.actions().complete(run().id(), "timed_out");
    Run failed = dispatcher.follow(dispatch);
    assertThat(failed.succeeded()).isFalse();
    assertThat(failed.conclusion()).isEqualTo("timed_out");
    github.actions().complete(run().id(), "success");
    assertThat(dispatcher.follow(dispatch).succeeded()).isTrue();
    assertThat(dispatcher.follow(dispatch).conclusion()).isEqualTo("success");
  }

  @Test
  void aRunThatIsNotThereYetIsUnknown() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE));
    Dispatch lost = new Dispatch("id-9", time.now(), null, null, null);

    assertThat(dispatcher().build().follow(lost)).isEqualTo(Run.NONE);
  }

  @Test
  void onlyDeclaredInputsAreSent() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE));

    dispatched(
        dispatcher().inputs(Set.of("correlation_id")).input("max_duration", "PT5H").build(),
        "id-1");

    assertThat(run().inputs()).isEqualTo(Map.of("correlation_id", "id-1", "max_duration", "PT5H"));
    assertThatThrownBy(() -> dispatcher().inputs(Set.of("repository")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("[repository] have no values");
  }

  @Test
  void a422IsPermanentAndSaysWhy() {
    workflow(
        new SimulatedWorkflow(
            FILE,
            Map.of("correlation_id", true),
            Set.of("main"),
            true,
            "Backfill",
            SimulatedWorkflow.Details.WHERE_ASKED));

    assertRefused(dispatcher().build(), "Unexpected inputs provided: [target]");
    assertRefused(
        dispatcher().inputs(Set.of()).build(), "Required input 'correlation_id' not provided");
    assertRefused(
        dispatcher().inputs(Set.of("correlation_id")).ref("gone").build(),
        "No ref found for: gone");
    workflow(
        new SimulatedWorkflow(
            FILE,
            Map.of(),
            Set.of("main"),
            false,
            "Backfill",
            SimulatedWorkflow.Details.WHERE_ASKED));
    assertRefused(dispatcher().build(), "Cannot trigger a 'workflow_dispatch'");
    assertThat(github.actions().runs()).isEmpty();
  }

  private void assertRefused(GitHubActionsDispatcher dispatcher, String why) {
    assertThatThrownBy(() -> dispatched(dispatcher, "id-1"))
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.INVALID_REQUEST);
              assertThat(e.getMessage())
                  .contains(why)
                  .contains("Check the workflow's inputs, its workflow_dispatch trigger, and");
            });
  }

  @Test
  void aWorkflowThatIsNotThereSaysWhichPermissionItTakes() {
    assertThatThrownBy(() -> dispatched(dispatcher().build(), "id-1"))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("Actions: write");
    assertThatThrownBy(() -> GitHubActionsDispatcher.builder(client, HOST, "../other"))
        .isInstanceOf(InvalidConfigurationException.class);
  }

  @Test
  void aSecondLiesBetweenTwoWrites() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE));
    GitHubActionsDispatcher dispatcher = dispatcher().build();

    dispatched(dispatcher, "id-1");
    dispatched(dispatcher, "id-2");
    time.advance(Duration.ofSeconds(5));
    dispatched(dispatcher, "id-3");

    assertThat(time.sleeps()).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void aRunIsNotTakenForThatOfALongerId() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE).answering(SimulatedWorkflow.Details.UNKNOWN));
    GitHubActionsDispatcher dispatcher = dispatcher().build();

    Dispatch selected = dispatched(dispatcher, "job-1");
    dispatched(dispatcher, "job-10");
    dispatched(dispatcher, "a-job-1");

    assertThat(dispatcher.follow(selected).name())
        .isEqualTo(Long.toString(github.actions().runs().get(0).id()));
  }

  @Test
  void aRunWhoseAnswerWasLostIsFoundByItsCorrelationId() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE));
    github.actions().loseAnswers(1);
    GitHubActionsDispatcher dispatcher = dispatcher().build();
    Dispatch request = Dispatch.requested("id-1", time.now());

    assertThatThrownBy(() -> dispatched(dispatcher, "id-1"))
        .isInstanceOf(TransientFailureException.class);

    Run found = dispatcher.follow(request);
    assertThat(found.name()).isEqualTo(Long.toString(run().id()));
    assertThat(found.name()).isNotNull();
    assertThat(found.conclusion()).isNull();
  }

  /** An answer without a list does not prove that the run never began. */
  @Test
  void aListOfRunsThatIsMissingIsABrokenAnswer() {
    Dispatch lost = Dispatch.requested("id-1", time.now());
    try (Stub stub = new Stub()) {
      stub.server.stubFor(get(anyUrl()).atPriority(1).willReturn(okJson("{}")));
      GitHubActionsDispatcher dispatcher =
          GitHubActionsDispatcher.builder(stub.client, HOST, FILE).build();

      assertThatThrownBy(() -> dispatcher.follow(lost))
          .isInstanceOf(TransientFailureException.class);
    }
  }

  @Test
  void aRunIsFoundHoweverManyCameAfterIt() throws InterruptedException {
    workflow(SimulatedWorkflow.of(FILE).answering(SimulatedWorkflow.Details.UNKNOWN));
    GitHubActionsDispatcher dispatcher = dispatcher().build();

    Dispatch selected = dispatched(dispatcher, "first");
    for (int i = 0; i < 120; i++) {
      dispatched(dispatcher, "other-" + i);
    }

    assertThat(dispatcher.follow(selected).name())
        .isEqualTo(Long.toString(github.actions().runs().get(0).id()));
  }
}
