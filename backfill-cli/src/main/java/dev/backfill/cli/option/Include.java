package dev.backfill.cli.option;

import dev.backfill.cli.text.Format;
import dev.backfill.github.GitHubStream;
import dev.backfill.github.PullRequestExtra;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Parts of a repository to fetch in addition to the list of pull requests.
 *
 * @param extras the parts of each pull request
 * @param streams the other streams
 */
public record Include(Set<PullRequestExtra> extras, Set<GitHubStream<?>> streams) {

  /** The value {@code all}: what belongs to pull requests. A new stream does not change it. */
  private static final Include ALL =
      new Include(
          EnumSet.allOf(PullRequestExtra.class),
          Set.of(GitHubStream.REVIEW_COMMENTS, GitHubStream.ISSUE_COMMENTS));

  /** Copies the sets; the streams come in the order of their list. */
  public Include {
    extras = Set.copyOf(extras);
    Set<GitHubStream<?>> ordered = new LinkedHashSet<>(GitHubStream.all());
    ordered.retainAll(streams);
    streams = Collections.unmodifiableSet(ordered);
  }

  public static Include parse(String text) {
    String selected = text.strip().toLowerCase(Locale.ROOT);
    return switch (selected) {
      case "", "all" -> ALL;
      case "none" -> new Include(Set.of(), Set.of());
      default -> ofNames(selected.split(",", -1));
    };
  }

  private static Include ofNames(String[] names) {
    Set<PullRequestExtra> extras = EnumSet.noneOf(PullRequestExtra.class);
    Set<GitHubStream<?>> streams = new LinkedHashSet<>();
    for (String each : names) {
      String name = each.strip();
      Optional<PullRequestExtra> extra =
          Stream.of(PullRequestExtra.values())
              .filter(value -> Format.lowerCase(value).equals(name))
              .findFirst();
      extra.ifPresentOrElse(
          extras::add,
          () -> streams.add(GitHubStream.named(name).orElseThrow(() -> unknown(name))));
    }
    return new Include(extras, streams);
  }

  private static TypeConversionException unknown(String name) {
    return new TypeConversionException(
        "\"%s\" is not one of %s; separate several with commas, or use all or none (--include or BACKFILL_INCLUDE)"
            .formatted(name, String.join(", ", names())));
  }

  private static List<String> names() {
    return Stream.concat(
            Stream.of(PullRequestExtra.values()).map(Format::lowerCase),
            GitHubStream.all().stream().map(GitHubStream::name))
        .toList();
  }

  /** The values that the option takes beside {@code all} and {@code none}. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }

  /** Converter of the option's value. */
  static final class Converter implements ITypeConverter<Include> {
    @Override
    public Include convert(String value) {
      return parse(value);
    }
  }
}
