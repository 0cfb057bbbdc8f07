package dev.backfill.cli.option;

import dev.backfill.api.source.PullSource;
import dev.backfill.cli.text.Format;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubTransport;
import java.util.ArrayList;
import java.util.List;
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
      completionCandidates = Include.Names.class,
      description =
          "Parts to fetch in addition to the list of pull requests, separated by commas:"
              + " ${COMPLETION-CANDIDATES}. Or all, which is details, reviews, review-comments and"
              + " issue-comments; or none. By REST, details and reviews cost one request each per"
              + " pull request. Default: ${DEFAULT-VALUE}.")
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

    /** Returns the sources of a client, pull requests first. */
    public List<PullSource<?>> sources(GitHub client) {
      List<PullSource<?>> sources = new ArrayList<>();
      sources.add(client.pullRequests(include.extras(), transport));
      include.streams().forEach(stream -> sources.add(client.stream(stream)));
      return sources;
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
