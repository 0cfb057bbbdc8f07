package dev.backfill.github;

import dev.backfill.api.history.*;
import dev.backfill.api.source.*;
import dev.backfill.testkit.*;
import dev.backfill.testkit.github.*;
import java.time.Duration;
import java.util.*;
import org.junit.jupiter.api.Test;

class TmpTest {
  @Test
  void t() throws Exception {
    ManualTimeSource time = new ManualTimeSource();
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 260);
    List<Integer> numbers = repository.numbers().boxed().toList();
    try (SimulatedGitHub github =
            SimulatedGitHub.builder()
                .repository(repository)
                .timeSource(time)
                .token(Stub.TOKEN)
                .quota(10000000, Duration.ofHours(1))
                .start();
        GitHubClient client =
            GitHubClient.builder()
                .apiUrl(github.url())
                .token(Stub.TOKEN)
                .timeSource(time)
                .build()) {
      Reader<ReviewComment> lines = new Reader<>(GitHubSources.reviewComments(client), time);
      long someLine = repository.reviewComments().skip(3).findFirst().orElseThrow().githubId();
      int[] chunks = {0};
      lines.betweenChunks =
          () -> {
            time.advance(Duration.ofMinutes(7));
            if (++chunks[0] % 4 == 2) {
              repository.touchReviewComment(someLine);
              repository.addReviewComment(numbers.get(chunks[0]));
            }
          };
      Cursor end = lines.run("sim/repo", Cursor.START);
      time.advance(Duration.ofDays(2));
      repository.addReviewComment(numbers.get(1));
      time.advance(Duration.ofHours(1));
      lines.run("sim/repo", end);
      List<ReviewComment> want = repository.reviewComments().toList();
      System.out.println(
          "GOT " + lines.stored.size() + " WANT " + want.size() + " " + new HashSet<>(want).size());
      for (ReviewComment w : want) {
        ReviewComment g = lines.stored.get("" + w.githubId());
        if (!w.equals(g)) System.out.println("GOT " + g + "\nWANT " + w);
      }
      github.log().stream()
          .skip(Math.max(0, github.log().size() - 12))
          .forEach(e -> System.out.println("GOT " + e));
    }
  }
}
