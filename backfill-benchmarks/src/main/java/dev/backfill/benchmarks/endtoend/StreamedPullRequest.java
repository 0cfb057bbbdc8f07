package dev.backfill.benchmarks.endtoend;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pull request that Jackson's streaming parser reads from a page, as one would write it by hand:
 * a switch over the names that skips all other fields. Checks nothing.
 */
public final class StreamedPullRequest {

  private static final JsonFactory JSON = new JsonFactory();

  private long id;
  private int number;
  private @Nullable String htmlUrl;
  private @Nullable String title;
  private @Nullable String body;
  private @Nullable String state;
  private boolean draft;
  private @Nullable Instant createdAt;
  private @Nullable Instant updatedAt;
  private @Nullable Instant closedAt;
  private @Nullable Instant mergedAt;
  private long userId;
  private @Nullable String userLogin;
  private @Nullable String userType;
  private @Nullable String headRef;
  private @Nullable String headSha;
  private @Nullable String baseRef;
  private @Nullable String baseSha;

  private StreamedPullRequest() {}

  /**
   * Reads a page.
   *
   * @param page the JSON
   * @return the pull requests
   * @throws IOException if it is not JSON
   */
  public static List<StreamedPullRequest> read(InputStream page) throws IOException {
    try (JsonParser parser = JSON.createParser(page)) {
      return read(parser);
    }
  }

  /**
   * Reads a page.
   *
   * @param page the JSON
   * @return the pull requests
   * @throws IOException if it is not JSON
   */
  public static List<StreamedPullRequest> read(byte[] page) throws IOException {
    try (JsonParser parser = JSON.createParser(page)) {
      return read(parser);
    }
  }

  /**
   * Reads the same fields from a tree.
   *
   * @param node the pull request
   * @return the pull request with these fields
   */
  public static StreamedPullRequest of(JsonNode node) {
    StreamedPullRequest item = new StreamedPullRequest();
    item.id = node.path("id").longValue();
    item.number = node.path("number").intValue();
    item.htmlUrl = node.path("html_url").textValue();
    item.title = node.path("title").textValue();
    item.body = node.path("body").textValue();
    item.state = node.path("state").textValue();
    item.draft = node.path("draft").booleanValue();
    item.createdAt = time(node.path("created_at").textValue());
    item.updatedAt = time(node.path("updated_at").textValue());
    item.closedAt = time(node.path("closed_at").textValue());
    item.mergedAt = time(node.path("merged_at").textValue());
    item.userId = node.path("user").path("id").longValue();
    item.userLogin = node.path("user").path("login").textValue();
    item.userType = node.path("user").path("type").textValue();
    item.headRef = node.path("head").path("ref").textValue();
    item.headSha = node.path("head").path("sha").textValue();
    item.baseRef = node.path("base").path("ref").textValue();
    item.baseSha = node.path("base").path("sha").textValue();
    return item;
  }

  private static @Nullable Instant time(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }

  /**
   * Returns its number.
   *
   * @return from 1
   */
  public int number() {
    return number;
  }

  /** Returns the same as an item to store. */
  PullRequest in(Repository repository) {
    return PullRequest.builder()
        .repository(repository)
        .number(number)
        .githubId(id)
        .htmlUrl(String.valueOf(htmlUrl))
        .title(String.valueOf(title))
        .body(body)
        .author(userLogin == null ? null : new Account(userId, userLogin, String.valueOf(userType)))
        .open("open".equals(state))
        .draft(draft)
        .createdAt(Objects.requireNonNull(createdAt))
        .updatedAt(Objects.requireNonNull(updatedAt))
        .closedAt(closedAt)
        .mergedAt(mergedAt)
        .headRef(headRef)
        .headSha(headSha)
        .baseRef(String.valueOf(baseRef))
        .baseSha(baseSha)
        .build();
  }

  @Override
  public String toString() {
    return String.join(
        " ",
        List.of(
            id + " " + number + " " + htmlUrl,
            title + " " + body + " " + state + " " + draft,
            createdAt + " " + updatedAt + " " + closedAt + " " + mergedAt,
            userId + " " + userLogin + " " + userType,
            headRef + " " + headSha + " " + baseRef + " " + baseSha));
  }

  private static List<StreamedPullRequest> read(JsonParser parser) throws IOException {
    List<StreamedPullRequest> items = new ArrayList<>(100);
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw new IOException("not a list");
    }
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      StreamedPullRequest item = new StreamedPullRequest();
      item.readObject(parser);
      items.add(item);
    }
    return items;
  }

  private void readObject(JsonParser parser) throws IOException {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "id" -> id = parser.getLongValue();
        case "number" -> number = parser.getIntValue();
        case "html_url" -> htmlUrl = parser.getText();
        case "title" -> title = parser.getText();
        case "body" -> body = text(parser, value);
        case "state" -> state = parser.getText();
        case "draft" -> draft = value == JsonToken.VALUE_TRUE;
        case "created_at" -> createdAt = time(parser, value);
        case "updated_at" -> updatedAt = time(parser, value);
        case "closed_at" -> closedAt = time(parser, value);
        case "merged_at" -> mergedAt = time(parser, value);
        case "user" -> readUser(parser, value);
        case "head" -> readBranch(parser, value, true);
        case "base" -> readBranch(parser, value, false);
        default -> parser.skipChildren();
      }
    }
  }

  private void readUser(JsonParser parser, JsonToken value) throws IOException {
    if (value != JsonToken.START_OBJECT) {
      return;
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      switch (name) {
        case "id" -> userId = parser.getLongValue();
        case "login" -> userLogin = parser.getText();
        case "type" -> userType = parser.getText();
        default -> parser.skipChildren();
      }
    }
  }

  private void readBranch(JsonParser parser, JsonToken value, boolean head) throws IOException {
    if (value != JsonToken.START_OBJECT) {
      return;
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "ref" -> {
          if (head) {
            headRef = text(parser, token);
          } else {
            baseRef = text(parser, token);
          }
        }
        case "sha" -> {
          if (head) {
            headSha = text(parser, token);
          } else {
            baseSha = text(parser, token);
          }
        }
        default -> parser.skipChildren();
      }
    }
  }

  private static @Nullable String text(JsonParser parser, JsonToken value) throws IOException {
    return value == JsonToken.VALUE_NULL ? null : parser.getText();
  }

  private static @Nullable Instant time(JsonParser parser, JsonToken value) throws IOException {
    return value == JsonToken.VALUE_NULL ? null : Instant.parse(parser.getText());
  }
}
