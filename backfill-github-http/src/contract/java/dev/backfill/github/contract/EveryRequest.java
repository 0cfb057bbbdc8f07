package dev.backfill.github.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubActionsDispatcher;
import dev.backfill.github.GitHubApp;
import dev.backfill.github.GitHubIssueReporter;
import dev.backfill.github.GitHubPlanner;
import dev.backfill.github.GitHubStream;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.Keys;
import dev.backfill.github.MemoryFailureLog;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.testkit.github.RepositoryList;
import dev.backfill.testkit.github.RepositoryLists;
import dev.backfill.testkit.github.SimulatedApp;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.SimulatedWorkflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Lets the client ask everything that it can. */
final class EveryRequest implements AutoCloseable {

  private static final String NAME = "sim/repo";
  private static final Set<PullRequestExtra> ALL = Set.of(PullRequestExtra.values());

  private final SimulatedRepository repository =
      SimulatedRepository.builder(NAME).pullRequests(104).formerName("old/name").build();
  private final List<Integer> numbers = repository.numbers().boxed().toList();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token("token-1", "mona")
          .token("token-2", "hubot")
          .app(SimulatedApp.of(4, 77, Keys.PAIR.getPublic()))
          .start();
  private final RecordedGitHub recorded = new RecordedGitHub(github);
  private final GitHub client = builder().tokens(List.of("token-1", "token-2")).build();

  private EveryRequest() {}

  /** What was asked, in no order. */
  static List<RestRequest> recorded() throws InterruptedException {
    try (EveryRequest every = new EveryRequest()) {
      every.readPullRequests(GitHubTransport.REST);
      every.github.brokenNode(every.numbers.get(40));
      every.readPullRequests(GitHubTransport.GRAPHQL);
      every.readComments();
      every.readPlainLists();
      every.readForAnApp();
      every.plan();
      every.dispatch();
      every.report();
      assertThat(every.github.requests()).isEqualTo(every.recorded.requests().size());
      return every.recorded.requests();
    }
  }

  private GitHub.Builder builder() {
    return GitHub.builder().apiUrl(recorded.url());
  }

  private void readPullRequests(GitHubTransport transport) throws InterruptedException {
    PullSource<?> source = client.pullRequests(ALL, transport);
    Cursor end = read(source, NAME, Cursor.START);
    repository.touch(numbers.get(3));
    repository.addReview(numbers.get(7));
    read(source, NAME, end);
    openByKeys(source, numbers.get(5), end);
    read(client.pullRequests(Set.of(), transport), "old/name", Cursor.START);
  }

  private void readComments() throws InterruptedException {
    PullSource<?> onLines = client.reviewComments();
    PullSource<?> inConversations = client.issueComments();
    long onLine = repository.reviewComments().findFirst().orElseThrow().githubId();
    long inConversation = repository.issueComments().findFirst().orElseThrow().githubId();
    Cursor endOnLines = read(onLines, NAME, Cursor.START);
    Cursor endInConversations = read(inConversations, NAME, Cursor.START);
    repository.touchReviewComment(onLine);
    repository.touchIssueComment(inConversation);
    read(onLines, NAME, endOnLines);
    read(inConversations, NAME, endInConversations);
    openByKeys(onLines, onLine, endOnLines);
    openByKeys(inConversations, inConversation, endInConversations);
  }

  private void readPlainLists() throws InterruptedException {
    for (RepositoryList<?> list : RepositoryLists.ALL) {
      PullSource<?> source =
          client.stream(GitHubStream.named(list.path().substring(1)).orElseThrow());
      Cursor end = read(source, NAME, Cursor.START);
      read(source, NAME, end);
      openByKeys(source, repository.list(list).keys().get(0), end);
    }
  }

  /** The client looks for the installation, and gets a token for it. */
  private void readForAnApp() throws InterruptedException {
    try (GitHub app = builder().app(GitHubApp.of("4", Keys.pkcs8())).build()) {
      read(app.pullRequests(Set.of()), NAME, Cursor.START);
    }
  }

  private void plan() throws InterruptedException {
    GitHubPlanner.of(client).estimate(NAME, ALL, Set.copyOf(GitHubStream.all()));
    GitHubPlanner.of(client).estimate(NAME, ALL, Set.of());
    try (GitHub anonymous = builder().build()) {
      GitHubPlanner.of(anonymous).estimate(NAME, ALL, Set.of());
    }
  }

  private void dispatch() throws InterruptedException {
    github.actions().add(NAME, SimulatedWorkflow.of("backfill.yml"));
    GitHubActionsDispatcher dispatcher =
        GitHubActionsDispatcher.builder(client, NAME, "backfill.yml").build();
    Dispatch request = Dispatch.requested("id-1", Instant.now());
    List<String> sources = List.of("github:pull-requests");
    dispatcher.follow(dispatcher.dispatch(request, NAME, sources));
    dispatcher.follow(new Dispatch("id-1", request.at(), null, null, null));
    github
        .actions()
        .add(NAME, SimulatedWorkflow.of("older.yml").answering(SimulatedWorkflow.Details.UNKNOWN));
    GitHubActionsDispatcher.builder(client, NAME, "older.yml")
        .build()
        .dispatch(request, NAME, sources);
  }

  private void report() {
    GitHubIssueReporter reporter =
        GitHubIssueReporter.builder(client, NAME, new MemoryFailureLog())
            .betweenComments(Duration.ZERO)
            .build();
    BackfillKey key = new BackfillKey("github:pull-requests", NAME);
    for (int i = 0; i < 2; i++) {
      reporter.failed(
          new FailureReport(
              key,
              new PermanentFailureException(
                  PermanentFailureException.Reason.NOT_FOUND, "it is gone", null),
              1,
              Cursor.START,
              1,
              Instant.now(),
              "worker",
              "local",
              null));
    }
    reporter.recovered(key);
    assertThat(github.issues().of(NAME)).hasSize(1);
    assertThat(github.issues().of(NAME).get(0).open()).isFalse();
    assertThat(github.issues().of(NAME).get(0).comments()).hasSize(2);
  }

  private static <T> Cursor read(PullSource<T> source, String target, Cursor from)
      throws InterruptedException {
    try (SourceSession<T> session = source.open(target, from)) {
      return readToEnd(session);
    }
  }

  private static <T> void openByKeys(PullSource<T> source, long key, Cursor at)
      throws InterruptedException {
    openByKeys(source, Long.toString(key), at);
  }

  private static <T> void openByKeys(PullSource<T> source, String key, Cursor at)
      throws InterruptedException {
    try (SourceSession<T> session = source.openByKeys(NAME, List.of(key), at).orElseThrow()) {
      readToEnd(session);
    }
  }

  private static <T> Cursor readToEnd(SourceSession<T> session) throws InterruptedException {
    int failures = 0;
    while (true) {
      try {
        Chunk<T> chunk = session.next(50, 0);
        assertThat(chunk.rejected()).isEmpty();
        if (chunk.last()) {
          return chunk.next();
        }
      } catch (TransientFailureException e) {
        assertThat(++failures).isLessThan(10);
      }
    }
  }

  @Override
  public void close() {
    client.close();
    recorded.close();
    github.close();
  }
}
