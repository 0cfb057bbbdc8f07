package dev.backfill.github.internal.json;

import dev.backfill.api.history.Repository;
import java.io.IOException;

/**
 * A reader of a repository's description.
 *
 * @see <a href="https://docs.github.com/en/rest/repos/repos#get-a-repository">GitHub: get a
 *     repository</a>
 */
public final class RepositoryReader {

  private static final FieldPlan PLAN =
      FieldPlan.of(
          "id",
          "full_name",
          "private",
          "html_url",
          "created_at",
          "updated_at",
          "has_pull_requests",
          "has_issues");

  private RepositoryReader() {}

  /**
   * A repository and its features.
   *
   * @param repository the repository
   * @param pullRequests false only if its pull requests are disabled
   * @param issues false only if its issues are disabled
   */
  public record Seen(Repository repository, boolean pullRequests, boolean issues) {}

  /** Reads a repository; a feature that the server does not mention is enabled. */
  public static Seen read(JsonText.Source source) throws IOException {
    Values values = JsonText.readObject(source, PLAN);
    try {
      return new Seen(
          new Repository(
              values.requiredInteger("id"),
              values.requiredText("full_name"),
              values.flag("private"),
              values.textOrEmpty("html_url"),
              values.time("created_at"),
              values.time("updated_at")),
          !values.isFalse("has_pull_requests"),
          !values.isFalse("has_issues"));
    } catch (InvalidItemException | IllegalArgumentException e) {
      throw new IOException("no repository: " + e.getMessage(), e);
    }
  }
}
