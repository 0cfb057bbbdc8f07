package dev.backfill.examples.boot;

import dev.backfill.api.store.RequestedBy;
import dev.backfill.core.manager.BackfillManager;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * An application that shows pull requests from its own database. The starter fetches them; this
 * class only reads rows.
 */
@SpringBootApplication
@RestController
public class PullRequestsApplication {

  private static final String NEWEST =
      """
      SELECT p.number, p.title, p.state, p.author_login, COUNT(v.github_id) AS reviews
      FROM pull_requests p
      JOIN repositories r ON r.id = p.repository_id
      LEFT JOIN pull_request_reviews v
        ON v.repository_id = p.repository_id AND v.pull_request_number = p.number
      WHERE r.full_name = ?
      GROUP BY p.number, p.title, p.state, p.author_login
      ORDER BY p.number DESC
      LIMIT 50
      """;

  private final JdbcClient database;
  private final BackfillManager manager;

  PullRequestsApplication(JdbcClient database, BackfillManager manager) {
    this.database = database;
    this.manager = manager;
  }

  /**
   * Starts the application.
   *
   * @param args Spring's options, such as {@code --backfill.repositories=OWNER/NAME}
   */
  public static void main(String[] args) {
    SpringApplication.run(PullRequestsApplication.class, args);
  }

  record PullRequest(
      int number, String title, String state, @Nullable String authorLogin, int reviews) {}

  private static final RowMapper<PullRequest> ROWS = new DataClassRowMapper<>(PullRequest.class);

  @GetMapping("/{owner}/{name}.json")
  List<PullRequest> list(@PathVariable String owner, @PathVariable String name) {
    return database.sql(NEWEST).param(owner + "/" + name).query(ROWS).list();
  }

  @GetMapping(path = "/{owner}/{name}", produces = "text/html")
  String page(@PathVariable String owner, @PathVariable String name) {
    return "<h1>%s</h1><table>%s</table><pre>%s</pre>"
        .formatted(
            HtmlUtils.htmlEscape(owner + "/" + name),
            list(owner, name).stream()
                .map(PullRequestsApplication::row)
                .collect(Collectors.joining("\n")),
            HtmlUtils.htmlEscape(manager.explain(owner + "/" + name).text()));
  }

  private static String row(PullRequest each) {
    return "<tr><td>%d<td>%s<td>%s<td>%s<td>%d reviews"
        .formatted(
            each.number(),
            HtmlUtils.htmlEscape(each.title()),
            each.state(),
            HtmlUtils.htmlEscape(Objects.requireNonNullElse(each.authorLogin(), "a deleted user")),
            each.reviews());
  }

  @PostMapping("/{owner}/{name}/sync")
  String sync(@PathVariable String owner, @PathVariable String name) {
    return manager.sync(owner + "/" + name, RequestedBy.by("a visitor")).size() + " streams";
  }
}
