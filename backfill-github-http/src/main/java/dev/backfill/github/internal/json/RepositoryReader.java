package dev.backfill.github.internal.json;

import dev.backfill.api.history.Repository;
import java.io.IOException;

/**
 * Reads a repository.
 *
 * @see <a href="https://docs.github.com/en/rest/repos/repos#get-a-repository">GitHub: get a
 *     repository</a>
 */
public final class RepositoryReader {

  private static final FieldPlan PLAN =
      FieldPlan.of("id", "full_name", "private", "html_url", "created_at", "updated_at");

  private RepositoryReader() {}

  public static Repository read(JsonText.Source source) throws IOException {
    Values values = JsonText.readObject(source, PLAN);
    try {
      return new Repository(
          values.requiredInteger("id"),
          values.requiredText("full_name"),
          values.flag("private"),
          values.textOrEmpty("html_url"),
          values.time("created_at"),
          values.time("updated_at"));
    } catch (InvalidItemException | IllegalArgumentException e) {
      throw new IOException("no repository: " + e.getMessage(), e);
    }
  }
}
