package dev.backfill.cli.option;

import dev.backfill.cli.text.Format;
import dev.backfill.github.GitHubTransport;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of fetching: which parts of a repository, and by which transport. */
public final class ReadingOptions {

  @Option(
      names = "--include",
      paramLabel = "PARTS",
      defaultValue = "${env:BACKFILL_INCLUDE:-all}",
      converter = Include.Converter.class,
      description =
          "Parts to fetch in addition to the list of pull requests: details, reviews,"
              + " review-comments and issue-comments, separated by commas, or all, or none. By REST,"
              + " details and reviews cost one request each per pull request. Default:"
              + " ${DEFAULT-VALUE}.")
  public Include include = Include.parse("all");

  @Option(
      names = "--transport",
      paramLabel = "WAY",
      defaultValue = "auto",
      converter = TransportConverter.class,
      description =
          "The API for pull requests: auto, rest or graphql. GraphQL needs a token; auto uses it for"
              + " details and reviews if there is one. Default: ${DEFAULT-VALUE}.")
  public GitHubTransport transport = GitHubTransport.AUTO;

  public ReadSelection selection() {
    return new ReadSelection(include, transport);
  }

  /**
   * Parts of a repository to fetch, and the transport.
   *
   * @param include the parts to fetch of each repository
   * @param transport the API for pull requests
   */
  public record ReadSelection(Include include, GitHubTransport transport) {

    /** Returns all parts, with the transport that the library chooses. */
    public static ReadSelection everything() {
      return new ReadSelection(Include.parse("all"), GitHubTransport.AUTO);
    }
  }

  /** Converter of the transport, in lower or upper case. */
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
                      "\"%s\" is not one of %s"
                          .formatted(
                              value.strip(),
                              Stream.of(GitHubTransport.values())
                                  .map(Format::lowerCase)
                                  .collect(Collectors.joining(", ")))));
    }
  }
}
