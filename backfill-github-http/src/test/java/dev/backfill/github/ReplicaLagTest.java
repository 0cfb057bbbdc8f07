package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Cursor;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A change that a replica of GitHub shows a minute late: every catch-up looks two minutes back. */
@Timeout(120)
class ReplicaLagTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 60);
  private final SimulatedGitHub github = server(time);
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token(Stub.TOKEN).timeSource(time).build();

  private SimulatedGitHub server(ManualTimeSource clock) {
    return SimulatedGitHub.builder()
        .repository(repository)
        .token(Stub.TOKEN)
        .quota(1_000_000, Duration.ofHours(1))
        .timeSource(clock)
        .start();
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  /** The repository tells the time by the server that took it last. */
  private void changeAt(Instant moment, Runnable change) {
    server(new ManualTimeSource(moment)).close();
    change.run();
    server(time).close();
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"REST", "GRAPHQL"})
  void aPullRequestThatIsShownLateIsInTheNextCatchUp(GitHubTransport transport) throws Exception {
    Reader<PullRequest> reader =
        new Reader<>(client.pullRequests(EnumSet.allOf(PullRequestExtra.class), transport), time);
    int number = repository.numbers().findFirst().orElseThrow();
    Cursor done = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(1));
    int recent = repository.numbers().skip(1).findFirst().orElseThrow();
    repository.touch(recent);
    Instant late = time.now().minus(Duration.ofMinutes(1));
    done = reader.run("sim/repo", done);
    changeAt(late, () -> repository.touch(number));
    time.advance(Duration.ofMinutes(10));
    reader.run("sim/repo", done);
    assertThat(reader.stored.get(Integer.toString(number)).updatedAt()).isEqualTo(late);
  }

  @Test
  void aCommentThatIsShownLateIsInTheNextCatchUp() throws Exception {
    Reader<IssueComment> reader = new Reader<>(client.issueComments(), time);
    Cursor done = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(1));
    IssueComment recent = repository.issueComments().skip(1).findFirst().orElseThrow();
    repository.touchIssueComment(recent.githubId());
    Instant late = time.now().minus(Duration.ofMinutes(1));
    done = reader.run("sim/repo", done);
    IssueComment hidden = repository.issueComments().findFirst().orElseThrow();
    changeAt(late, () -> repository.touchIssueComment(hidden.githubId()));
    time.advance(Duration.ofMinutes(10));
    reader.run("sim/repo", done);
    assertThat(reader.stored.get(Long.toString(hidden.githubId())).updatedAt()).isEqualTo(late);
  }
}
