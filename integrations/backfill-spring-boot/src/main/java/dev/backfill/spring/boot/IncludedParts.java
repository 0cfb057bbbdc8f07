package dev.backfill.spring.boot;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.source.PullSource;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubStream;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.PullRequestExtra;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The parts of a repository that {@code backfill.include} names.
 *
 * @param extras the parts of each pull request
 * @param streams the other streams
 */
record IncludedParts(Set<PullRequestExtra> extras, Set<GitHubStream<?>> streams) {

  /** The value {@code all}: what belongs to pull requests. A new stream does not change it. */
  private static final IncludedParts ALL =
      new IncludedParts(
          EnumSet.allOf(PullRequestExtra.class),
          new LinkedHashSet<>(List.of(GitHubStream.REVIEW_COMMENTS, GitHubStream.ISSUE_COMMENTS)));

  /**
   * Reads the property.
   *
   * @throws InvalidConfigurationException if a name is unknown
   */
  static IncludedParts of(List<String> names) {
    List<String> selected =
        names.stream()
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .filter(name -> !name.isEmpty())
            .toList();
    if (selected.isEmpty() || selected.equals(List.of("all"))) {
      return ALL;
    }
    Set<PullRequestExtra> extras = EnumSet.noneOf(PullRequestExtra.class);
    Set<GitHubStream<?>> streams = new LinkedHashSet<>();
    if (!selected.equals(List.of("none"))) {
      selected.forEach(name -> add(name, extras, streams));
    }
    return new IncludedParts(extras, streams);
  }

  private static void add(String name, Set<PullRequestExtra> extras, Set<GitHubStream<?>> streams) {
    Optional<PullRequestExtra> extra =
        Arrays.stream(PullRequestExtra.values())
            .filter(each -> nameOf(each).equals(name))
            .findFirst();
    extra.ifPresentOrElse(
        extras::add, () -> streams.add(GitHubStream.named(name).orElseThrow(() -> unknown(name))));
  }

  private static String nameOf(PullRequestExtra extra) {
    return extra.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static InvalidConfigurationException unknown(String name) {
    List<String> known =
        Stream.concat(
                Arrays.stream(PullRequestExtra.values()).map(IncludedParts::nameOf),
                GitHubStream.all().stream().map(GitHubStream::name))
            .toList();
    return new InvalidConfigurationException(
        "backfill.include contains \"%s\". Nothing was started. Use names of %s, or all, or none."
            .formatted(name, String.join(", ", known)));
  }

  /** Returns the sources of a client, pull requests first. */
  List<PullSource<?>> sources(GitHub client, BackfillProperties.Transport transport) {
    List<PullSource<?>> sources = new ArrayList<>();
    sources.add(client.pullRequests(extras, GitHubTransport.valueOf(transport.name())));
    streams.forEach(stream -> sources.add(client.stream(stream)));
    return sources;
  }
}
