package dev.backfill.cli.option;

import dev.backfill.cli.text.Format;
import dev.backfill.github.GitHubTransport;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What to read of a repository and how, for the commands that read one or plan to. */
public final class ReadingOptions {

  @Option(
      names = "--include",
      paramLabel = "PARTS",
      defaultValue = "${env:BACKFILL_INCLUDE:-all}",
      converter = Include.Converter.class,
      description =
          "What to bring beside the list of pull requests: details, reviews, review-comments,"
              + " issue-comments with commas between, or all, or none. By REST details and reviews"
              + " cost a request each for every pull request. Default: ${DEFAULT-VALUE}.")
  public Include include = Include.parse("all");

  @Option(
      names = "--transport",
      paramLabel = "WAY",
      defaultValue = "auto",
      converter = TransportConverter.class,
      description =
          "How to read pull requests: auto, rest or graphql. GraphQL needs a token; auto takes it"
              + " for details and reviews when there is one. Default: ${DEFAULT-VALUE}.")
  public GitHubTransport transport = GitHubTransport.AUTO;

  public ReadSelection selection() {
    return new ReadSelection(include, transport);
  }

  /**
   * What to read and how.
   *
   * @param include what to bring of each repository
   * @param transport how to read pull requests
   */
  public record ReadSelection(Include include, GitHubTransport transport) {

    /** All there is, in whatever way is best. */
    public static ReadSelection everything() {
      return new ReadSelection(Include.parse("all"), GitHubTransport.AUTO);
    }
  }

  /** Reads the transport as people write it. */
  static final class TransportConverter implements ITypeConverter<GitHubTransport> {
    @Override
    public GitHubTransport convert(String value) {
      String selected = value.strip().toLowerCase(Locale.ROOT);
      return Stream.of(GitHubTransport.values())
          .filter(transport -> Format.lowerCase(transport).equals(selected))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"%s\" is none of %s"
                          .formatted(
                              value.strip(),
                              Stream.of(GitHubTransport.values())
                                  .map(Format::lowerCase)
                                  .collect(Collectors.joining(", ")))));
    }
  }
}
