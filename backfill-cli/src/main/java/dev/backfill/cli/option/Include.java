package dev.backfill.cli.option;

import dev.backfill.cli.text.Format;
import dev.backfill.github.CommentStream;
import dev.backfill.github.PullRequestExtra;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Parts of a repository to fetch in addition to the list of pull requests.
 *
 * @param parts the parts
 */
public record Include(Set<Part> parts) {

  /** A value of {@code --include}. */
  public enum Part {
    DETAILS,
    REVIEWS,
    REVIEW_COMMENTS,
    ISSUE_COMMENTS;

    String option() {
      return Format.lowerCase(this).replace('_', '-');
    }
  }

  public Include {
    parts = Set.copyOf(parts);
  }

  public boolean has(Part part) {
    return parts.contains(part);
  }

  public Set<PullRequestExtra> extras() {
    Set<PullRequestExtra> extras = EnumSet.noneOf(PullRequestExtra.class);
    if (has(Part.DETAILS)) {
      extras.add(PullRequestExtra.DETAILS);
    }
    if (has(Part.REVIEWS)) {
      extras.add(PullRequestExtra.REVIEWS);
    }
    return extras;
  }

  public Set<CommentStream> comments() {
    Set<CommentStream> comments = EnumSet.noneOf(CommentStream.class);
    if (has(Part.REVIEW_COMMENTS)) {
      comments.add(CommentStream.REVIEW_COMMENTS);
    }
    if (has(Part.ISSUE_COMMENTS)) {
      comments.add(CommentStream.ISSUE_COMMENTS);
    }
    return comments;
  }

  public static Include parse(String text) {
    String selected = text.strip().toLowerCase(Locale.ROOT);
    return switch (selected) {
      case "", "all" -> new Include(EnumSet.allOf(Part.class));
      case "none" -> new Include(Set.of());
      default ->
          new Include(
              Stream.of(selected.split(",", -1)).map(Include::part).collect(Collectors.toSet()));
    };
  }

  private static Part part(String name) {
    return Stream.of(Part.values())
        .filter(part -> part.option().equals(name.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "\"%s\" is not one of %s; separate several with commas, or use all or none (--include or BACKFILL_INCLUDE)"
                        .formatted(
                            name.strip(),
                            Stream.of(Part.values())
                                .map(Part::option)
                                .collect(Collectors.joining(", ")))));
  }

  /** Converter of the option's value. */
  static final class Converter implements ITypeConverter<Include> {
    @Override
    public Include convert(String value) {
      return parse(value);
    }
  }
}
