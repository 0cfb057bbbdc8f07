package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.cli.option.Include;
import dev.backfill.github.GitHubStream;
import dev.backfill.github.PullRequestExtra;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class IncludeTest {

  @Test
  void allAndNone() {
    assertThat(Include.parse("all").extras()).containsExactlyInAnyOrder(PullRequestExtra.values());
    assertThat(Include.parse("all").streams())
        .containsExactly(GitHubStream.REVIEW_COMMENTS, GitHubStream.ISSUE_COMMENTS);
    assertThat(Include.parse("none").streams()).isEmpty();
    assertThat(Include.parse("none").extras()).isEmpty();
  }

  @Test
  void names() {
    Include include = Include.parse("Reviews, issue-comments,reviews");
    assertThat(include.streams()).containsExactly(GitHubStream.ISSUE_COMMENTS);
    assertThat(include.extras()).containsExactly(PullRequestExtra.REVIEWS);
  }

  @Test
  void everyStreamCanBeNamed() {
    for (GitHubStream<?> stream : GitHubStream.all()) {
      assertThat(Include.parse(stream.name()).streams()).containsExactly(stream);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"everything", "details,", "details,all", "review_comments"})
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> Include.parse(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("details, reviews, review-comments, issue-comments");
  }

  /** A variable that is set to nothing counts as not set. */
  @Test
  void aBlankOneIsAll() {
    assertThat(Include.parse(" ")).isEqualTo(Include.parse("all"));
  }
}
