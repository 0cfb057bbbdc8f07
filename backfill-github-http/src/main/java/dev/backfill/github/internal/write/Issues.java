package dev.backfill.github.internal.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * The issues of one repository.
 *
 * @see <a href="https://docs.github.com/en/rest/issues/issues">GitHub: issues</a>
 */
final class Issues {

  private static final int PAGE = 100;
  private static final int MAX_LABELLED_PAGES = 20;
  private static final int MAX_UNLABELLED_PAGES = 3;

  private final Writer writer;
  private final String path;
  private final String label;
  private final OwnAccount own;

  Issues(Writer writer, String repository, String label) {
    this.writer = writer;
    this.path = "/repos/" + repository + "/issues";
    this.label = label;
    this.own = new OwnAccount(writer);
  }

  /**
   * An issue as GitHub returns it.
   *
   * @param number its number
   * @param url its page for users; empty if it is not trusted
   * @param open true if it is open
   * @param closedAt its time of closing, or null
   */
  record Issue(long number, String url, boolean open, @Nullable Instant closedAt) {}

  /**
   * Finds an issue that begins with a hidden marker. It searches issues with the label, then the
   * newest ones, since GitHub drops labels that a token may not set. Lists contain what was written
   * a moment ago, which a search does not. Only issues of the client's own account count, since any
   * user may write the marker; without a known account, none does.
   */
  @Nullable Issue find(String marker) throws InterruptedException {
    String login = own.login();
    if (login == null) {
      return null;
    }
    String creator = "&creator=" + encoded(login);
    Issue found = find(marker, creator + "&labels=" + encoded(label), MAX_LABELLED_PAGES);
    return found != null ? found : find(marker, creator, MAX_UNLABELLED_PAGES);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private @Nullable Issue find(String marker, String filter, int maxPages)
      throws InterruptedException {
    Issue closed = null;
    for (int page = 1; page <= maxPages; page++) {
      JsonNode list =
          writer.get(
              path
                  + "?state=all&sort=created&direction=desc&per_page="
                  + PAGE
                  + "&page="
                  + page
                  + filter);
      if (!list.isArray()) {
        throw writer.incomplete(path);
      }
      for (JsonNode each : list) {
        if (!each.has("pull_request")
            && own.wrote(each)
            && each.path("body").asText("").startsWith(marker)) {
          Issue issue = issue(each);
          if (issue.open()) {
            return issue;
          }
          closed = closed == null ? issue : closed;
        }
      }
      if (list.size() < PAGE) {
        return closed;
      }
    }
    return closed;
  }

  Issue create(String title, String body) throws InterruptedException {
    ObjectNode json = Writer.object();
    json.put("title", title).put("body", body).putArray("labels").add(label);
    JsonNode created = writer.post(path, json);
    own.created(created);
    return issue(created);
  }

  /** Fetches an issue in its present state. */
  Issue read(long number) throws InterruptedException {
    return issue(writer.get(path + "/" + number));
  }

  Issue update(long number, @Nullable String title, @Nullable String body, @Nullable Boolean open)
      throws InterruptedException {
    ObjectNode json = Writer.object();
    if (title != null) {
      json.put("title", title);
    }
    if (body != null) {
      json.put("body", body);
    }
    if (open != null) {
      json.put("state", open ? "open" : "closed")
          .put("state_reason", open ? "reopened" : "completed");
    }
    return issue(writer.patch(path + "/" + number, json));
  }

  void comment(long number, String text) throws InterruptedException {
    writer.post(path + "/" + number + "/comments", Writer.object().put("body", text));
  }

  private Issue issue(JsonNode json) {
    String url = writer.webAddress(json.path("html_url"));
    long number = json.path("number").asLong(0);
    if (number < 1) {
      throw writer.incomplete(path);
    }
    return new Issue(
        number,
        url == null ? "" : url,
        json.path("state").asText("").equals("open"),
        moment(json.path("closed_at").asText("")));
  }

  private static @Nullable Instant moment(String text) {
    try {
      return text.isEmpty() || text.equals("null") ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
