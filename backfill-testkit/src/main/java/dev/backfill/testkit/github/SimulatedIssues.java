package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import dev.backfill.testkit.json.JsonTree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The issues of a simulation: opened, changed, commented on, listed. They have numbers of their
 * own, and are not part of the repositories' histories. Safe for any number of threads.
 */
public final class SimulatedIssues {

  private static final long FIRST_ID = 1_200_000_000L;
  private static final int MAX_BODY = 65_536;

  private final TimeSource time;
  private final Map<String, List<Issue>> issues = new LinkedHashMap<>();
  private final Set<String> switchedOff = new HashSet<>();
  private boolean labelsAreDropped;

  SimulatedIssues(TimeSource time) {
    this.time = time;
  }

  /**
   * An issue.
   *
   * @param number its number
   * @param title its title
   * @param body its text
   * @param labels its labels
   * @param open true if it is open
   * @param closedAt the time of its closing; null while it is open
   * @param comments its comments, oldest first
   * @param author its author
   */
  public record Issue(
      long number,
      String title,
      String body,
      List<String> labels,
      boolean open,
      @Nullable Instant closedAt,
      List<String> comments,
      Account author) {}

  /**
   * Returns the issues of a repository.
   *
   * @param repository {@code owner/name}
   * @return the issues as they are now, by number
   */
  public synchronized List<Issue> of(String repository) {
    return List.copyOf(issues.getOrDefault(repository, List.of()));
  }

  /**
   * Switches issues off; requests are then answered 410.
   *
   * @param repository {@code owner/name}
   */
  public synchronized void switchOff(String repository) {
    switchedOff.add(repository);
  }

  /**
   * Closes an issue as a user does.
   *
   * @param repository {@code owner/name}
   * @param number the issue's number
   * @throws IllegalArgumentException if there is no such issue
   */
  public synchronized void close(String repository, long number) {
    List<Issue> all = issues.getOrDefault(repository, List.of());
    if (number < 1 || number > all.size()) {
      throw new IllegalArgumentException(repository + " has no issue " + number);
    }
    Issue open = all.get((int) number - 1);
    all.set(
        (int) number - 1,
        new Issue(
            open.number(),
            open.title(),
            open.body(),
            open.labels(),
            false,
            time.now().truncatedTo(ChronoUnit.SECONDS),
            open.comments(),
            open.author()));
  }

  /**
   * Writes an issue as another user does.
   *
   * @param repository {@code owner/name}
   * @param login the user
   * @param title its title
   * @param body its text
   * @param labels its labels
   * @return the issue
   */
  public synchronized Issue write(
      String repository, String login, String title, String body, List<String> labels) {
    List<Issue> all = issues.computeIfAbsent(repository, name -> new ArrayList<>());
    Account author = new Account(7_000_000L + (login.hashCode() & 0xFFFFL), login, "User");
    Issue issue =
        new Issue(all.size() + 1L, title, body, List.copyOf(labels), true, null, List.of(), author);
    all.add(issue);
    return issue;
  }

  /** Drops labels from now on without an error, as GitHub does without push access. */
  public synchronized void dropLabels() {
    labelsAreDropped = true;
  }

  synchronized Response respond(Request request, Route route, Repository where, Account caller) {
    if (switchedOff.contains(where.fullName())) {
      return ErrorResponses.message(410, "Issues has been disabled in this repository.");
    }
    List<Issue> all = issues.computeIfAbsent(where.fullName(), name -> new ArrayList<>());
    Map<String, @Nullable Object> body = JsonTree.fields(JsonTree.object(request.body()));
    if (route.endpoint() == Endpoint.ISSUES) {
      return switch (request.method()) {
        case "GET" -> list(request, where, all);
        case "POST" -> create(where, all, body, caller);
        default -> Resources.notFound();
      };
    }
    if (route.id() < 1 || route.id() > all.size()) {
      return Resources.notFound();
    }
    int place = (int) route.id() - 1;
    if (route.endpoint() == Endpoint.COMMENTS_OF_ISSUE) {
      return request.method().equals("POST")
          ? comment(where, all, place, body)
          : Resources.notFound();
    }
    return switch (request.method()) {
      case "GET" -> json(200, fields(all.get(place), where));
      case "PATCH" -> change(where, all, place, body);
      default -> Resources.notFound();
    };
  }

  private Response create(
      Repository where, List<Issue> all, Map<String, @Nullable Object> body, Account author) {
    String title = text(body, "title", "");
    String text = text(body, "body", "");
    if (title.isBlank() || text.length() > MAX_BODY) {
      return ErrorResponses.message(422, "Validation Failed");
    }
    List<String> labels = new ArrayList<>();
    if (!labelsAreDropped && body.get("labels") instanceof List<?> given) {
      given.forEach(label -> labels.add(String.valueOf(label)));
    }
    Issue issue =
        new Issue(all.size() + 1L, title, text, List.copyOf(labels), true, null, List.of(), author);
    all.add(issue);
    return json(201, fields(issue, where));
  }

  private Response change(
      Repository where, List<Issue> all, int place, Map<String, @Nullable Object> body) {
    Issue before = all.get(place);
    String text = text(body, "body", before.body());
    if (text.length() > MAX_BODY) {
      return ErrorResponses.message(422, "Validation Failed");
    }
    boolean open = text(body, "state", before.open() ? "open" : "closed").equals("open");
    Instant closedAt =
        open
            ? null
            : before.closedAt() != null
                ? before.closedAt()
                : time.now().truncatedTo(ChronoUnit.SECONDS);
    Issue after =
        new Issue(
            before.number(),
            text(body, "title", before.title()),
            text,
            before.labels(),
            open,
            closedAt,
            before.comments(),
            before.author());
    all.set(place, after);
    return json(200, fields(after, where));
  }

  private Response comment(
      Repository where, List<Issue> all, int place, Map<String, @Nullable Object> body) {
    Issue before = all.get(place);
    List<String> comments = new ArrayList<>(before.comments());
    comments.add(text(body, "body", ""));
    all.set(
        place,
        new Issue(
            before.number(),
            before.title(),
            before.body(),
            before.labels(),
            before.open(),
            before.closedAt(),
            List.copyOf(comments),
            before.author()));
    String page = url(where, before) + "#issuecomment-" + comments.size();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", FIRST_ID + comments.size());
    fields.put("body", comments.get(comments.size() - 1));
    fields.put("html_url", page);
    fields.put("created_at", time.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return json(201, fields);
  }

  private static String text(Map<String, @Nullable Object> body, String name, String otherwise) {
    Object value = body.get(name);
    return value == null ? otherwise : String.valueOf(value);
  }

  private Response list(Request request, Repository where, List<Issue> all) {
    String state = request.query().getOrDefault("state", "open");
    String selected = request.query().getOrDefault("labels", "");
    String creator = request.query().get("creator");
    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    List<Issue> newestFirst = new ArrayList<>(all);
    Collections.reverse(newestFirst);
    for (Issue issue : newestFirst) {
      boolean inState = state.equals("all") || issue.open() == state.equals("open");
      boolean labelled =
          selected.isEmpty() || issue.labels().containsAll(Arrays.asList(selected.split(",")));
      boolean created = creator == null || creator.equalsIgnoreCase(issue.author().login());
      if (inState && labelled && created) {
        found.add(fields(issue, where));
      }
    }
    Page page = Page.of(request.query());
    return json(
        200,
        found.subList(
            (int) Math.min(page.from(), found.size()),
            (int) Math.min(page.from() + page.size(), found.size())));
  }

  private static String url(Repository where, Issue issue) {
    return "https://github.com/" + where.fullName() + "/issues/" + issue.number();
  }

  private static Map<String, @Nullable Object> fields(Issue issue, Repository where) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", FIRST_ID + issue.number());
    fields.put("number", issue.number());
    fields.put("title", issue.title());
    fields.put("body", issue.body());
    fields.put("state", issue.open() ? "open" : "closed");
    fields.put("html_url", url(where, issue));
    fields.put("comments", (long) issue.comments().size());
    fields.put("closed_at", issue.closedAt() == null ? null : issue.closedAt().toString());
    Account author = issue.author();
    fields.put("user", Map.of("id", author.id(), "login", author.login(), "type", author.type()));
    fields.put("labels", issue.labels().stream().map(label -> Map.of("name", label)).toList());
    return fields;
  }

  private static Response json(int status, Object value) {
    return Response.json(status, Json.bytes(json -> JsonTree.write(json, value)));
  }
}
