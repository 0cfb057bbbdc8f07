package dev.backfill.testkit.github;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a path.
 *
 * @param endpoint the endpoint
 * @param repository {@code owner/name} or digits; empty if it names none
 * @param rest the path after the repository, such as {@code /pulls}
 * @param id the pull request's number, or the id of a comment or an installation; 0 without one
 */
record Route(Endpoint endpoint, String repository, String rest, long id) {

  private static final Map<String, Endpoint> WHOLE =
      Map.of(
          "/rate_limit", Endpoint.RATE_LIMIT,
          "/user", Endpoint.USER,
          "/app/installations", Endpoint.INSTALLATIONS,
          "/graphql", Endpoint.GRAPHQL,
          "/api/graphql", Endpoint.GRAPHQL);
  private static final Pattern PATH =
      Pattern.compile("/(?:repos/([^/]+/[^/]+)|repositories/(\\d{1,18}))(/.*)?");
  private static final Pattern ONE = Pattern.compile("/pulls/(\\d{1,9})(/reviews)?");
  private static final Pattern COMMENT = Pattern.compile("/(pulls|issues)/comments/(\\d{1,18})");
  private static final Pattern WORKFLOW =
      Pattern.compile("/actions/workflows/[^/]+/(dispatches|runs)");
  private static final Pattern RUN = Pattern.compile("/actions/runs/(\\d{1,18})");
  private static final Pattern ISSUE = Pattern.compile("/issues/(\\d{1,9})(/comments)?");
  private static final Pattern TOKEN =
      Pattern.compile("/app/installations/(\\d{1,18})/access_tokens");

  static Route of(String path) {
    Endpoint whole = WHOLE.get(path);
    if (whole != null) {
      return new Route(whole, "", "", 0);
    }
    Matcher token = TOKEN.matcher(path);
    if (token.matches()) {
      return new Route(Endpoint.INSTALLATION_TOKEN, "", "", Long.parseLong(token.group(1)));
    }
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return new Route(Endpoint.OTHER, "", "", 0);
    }
    String repository = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    @Nullable String group = matcher.group(3);
    String rest = group == null ? "" : group;
    Matcher one = ONE.matcher(rest);
    if (one.matches()) {
      Endpoint endpoint = one.group(2) == null ? Endpoint.PULL_REQUEST : Endpoint.REVIEWS;
      return new Route(endpoint, repository, rest, Long.parseLong(one.group(1)));
    }
    Matcher comment = COMMENT.matcher(rest);
    if (comment.matches()) {
      boolean onLine = comment.group(1).equals("pulls");
      Endpoint endpoint = onLine ? Endpoint.REVIEW_COMMENT : Endpoint.ISSUE_COMMENT;
      return new Route(endpoint, repository, rest, Long.parseLong(comment.group(2)));
    }
    Matcher workflow = WORKFLOW.matcher(rest);
    if (workflow.matches()) {
      boolean dispatch = workflow.group(1).equals("dispatches");
      Endpoint endpoint = dispatch ? Endpoint.WORKFLOW_DISPATCH : Endpoint.WORKFLOW_RUNS;
      return new Route(endpoint, repository, rest, 0);
    }
    Matcher run = RUN.matcher(rest);
    if (run.matches()) {
      return new Route(Endpoint.WORKFLOW_RUN, repository, rest, Long.parseLong(run.group(1)));
    }
    Matcher issue = ISSUE.matcher(rest);
    if (issue.matches()) {
      Endpoint endpoint = issue.group(2) == null ? Endpoint.ISSUE : Endpoint.COMMENTS_OF_ISSUE;
      return new Route(endpoint, repository, rest, Long.parseLong(issue.group(1)));
    }
    return new Route(endpoint(rest), repository, rest, 0);
  }

  /** Returns the number of the pull request; 0 if the path names none. */
  int number() {
    return endpoint == Endpoint.PULL_REQUEST || endpoint == Endpoint.REVIEWS ? (int) id : 0;
  }

  /** Returns true if a client can change something at the path. */
  boolean isWritable() {
    return switch (endpoint) {
      case WORKFLOW_DISPATCH, WORKFLOW_RUNS, WORKFLOW_RUN, ISSUES, ISSUE, COMMENTS_OF_ISSUE -> true;
      default -> false;
    };
  }

  private static Endpoint plainList(String rest) {
    RepositoryList<?> list = RepositoryLists.at(rest);
    return list == null ? Endpoint.OTHER : list.endpoint(rest);
  }

  private static Endpoint endpoint(String rest) {
    return switch (rest) {
      case "" -> Endpoint.REPOSITORY;
      case "/pulls" -> Endpoint.PULL_REQUESTS;
      case "/pulls/comments" -> Endpoint.REVIEW_COMMENTS;
      case "/issues/comments" -> Endpoint.ISSUE_COMMENTS;
      case "/issues" -> Endpoint.ISSUES;
      case "/installation" -> Endpoint.INSTALLATION;
      default -> plainList(rest);
    };
  }
}
