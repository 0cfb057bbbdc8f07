package dev.backfill.testkit.github;

/** The kinds of request that {@link SimulatedGitHub} answers. */
public enum Endpoint {
  /** {@code /repos/{owner}/{repo}}. */
  REPOSITORY,
  /** {@code /repos/{owner}/{repo}/pulls}. */
  PULL_REQUESTS,
  /** {@code /repos/{owner}/{repo}/pulls/{number}}. */
  PULL_REQUEST,
  /** {@code /repos/{owner}/{repo}/pulls/{number}/reviews}. */
  REVIEWS,
  /** {@code /repos/{owner}/{repo}/pulls/comments}. */
  REVIEW_COMMENTS,
  /** {@code /repos/{owner}/{repo}/issues/comments}. */
  ISSUE_COMMENTS,
  /** {@code /repos/{owner}/{repo}/pulls/comments/{id}}. */
  REVIEW_COMMENT,
  /** {@code /repos/{owner}/{repo}/issues/comments/{id}}. */
  ISSUE_COMMENT,
  /** {@code /repos/{owner}/{repo}} and the path of one of the {@link RepositoryLists}. */
  REPOSITORY_LIST,
  /** An item of one of the {@link RepositoryLists}, such as {@code /milestones/{number}}. */
  REPOSITORY_LIST_ITEM,
  /** {@code /repos/{owner}/{repo}/installation}, with a JWT of the app. */
  INSTALLATION,
  /** {@code /app/installations}, with a JWT of the app. */
  INSTALLATIONS,
  /** {@code POST /app/installations/{id}/access_tokens}, with a JWT of the app. */
  INSTALLATION_TOKEN,
  /** {@code POST /repos/{owner}/{repo}/actions/workflows/{file}/dispatches}. */
  WORKFLOW_DISPATCH,
  /** {@code /repos/{owner}/{repo}/actions/workflows/{file}/runs}. */
  WORKFLOW_RUNS,
  /** {@code /repos/{owner}/{repo}/actions/runs/{id}}. */
  WORKFLOW_RUN,
  /** {@code /repos/{owner}/{repo}/issues}, also with POST. */
  ISSUES,
  /** {@code /repos/{owner}/{repo}/issues/{number}}, also with PATCH. */
  ISSUE,
  /** {@code POST /repos/{owner}/{repo}/issues/{number}/comments}. */
  COMMENTS_OF_ISSUE,
  /** {@code /graphql}, also as {@code /api/graphql}. */
  GRAPHQL,
  /** {@code /user}. */
  USER,
  /** {@code /rate_limit}. */
  RATE_LIMIT,
  /** Any other path; the answer is 404. */
  OTHER
}
