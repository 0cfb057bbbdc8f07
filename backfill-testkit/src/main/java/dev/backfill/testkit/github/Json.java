package dev.backfill.testkit.github;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A writer of the JSON that several of GitHub's objects share. */
final class Json {

  /** A writer of a document. */
  interface Writer {
    void write(JsonGenerator json) throws IOException;
  }

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String DOCUMENTATION = "https://docs.github.com/rest";

  private Json() {}

  static byte[] bytes(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 * 1024);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      writer.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] message(String message) {
    return bytes(
        json -> {
          json.writeStartObject();
          json.writeStringField("message", message);
          json.writeStringField("documentation_url", DOCUMENTATION);
          json.writeEndObject();
        });
  }

  static byte[] moved(String location) {
    return bytes(
        json -> {
          json.writeStartObject();
          json.writeStringField("message", "Moved Permanently");
          json.writeStringField("url", location);
          json.writeStringField("documentation_url", DOCUMENTATION);
          json.writeEndObject();
        });
  }

  static byte[] rateLimit(Map<String, String> core, Map<String, String> graphQl) {
    return bytes(
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("resources");
          quota(json, "core", core);
          quota(json, "graphql", graphQl);
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static void quota(JsonGenerator json, String resource, Map<String, String> headers)
      throws IOException {
    json.writeObjectFieldStart(resource);
    for (String name : new String[] {"Limit", "Used", "Remaining", "Reset"}) {
      String value = headers.getOrDefault("X-RateLimit-" + name, "0");
      json.writeNumberField(name.toLowerCase(Locale.ROOT), Long.parseLong(value));
    }
    json.writeEndObject();
  }

  static byte[] user(Account account) {
    return bytes(
        json -> {
          json.writeStartObject();
          accountFields(json, account);
          json.writeEndObject();
        });
  }

  static void account(JsonGenerator json, String field, @Nullable Account account)
      throws IOException {
    if (account == null) {
      json.writeNullField(field);
      return;
    }
    json.writeObjectFieldStart(field);
    accountFields(json, account);
    json.writeEndObject();
  }

  private static void accountFields(JsonGenerator json, Account account) throws IOException {
    json.writeStringField("login", account.login());
    json.writeNumberField("id", account.id());
    json.writeStringField("node_id", "U_" + Long.toString(account.id(), 36));
    json.writeStringField(
        "avatar_url", "https://avatars.githubusercontent.com/u/" + account.id() + "?v=4");
    json.writeStringField("html_url", "https://github.com" + Accounts.path(account));
    json.writeStringField("type", account.type());
    json.writeBooleanField("site_admin", false);
  }

  /** Writes the fields of a repository, without the braces around them. */
  static void repository(JsonGenerator json, Repository repository, String api) throws IOException {
    repository(json, repository, api, true);
  }

  static void repository(JsonGenerator json, Repository repository, String api, boolean issues)
      throws IOException {
    json.writeNumberField("id", repository.id());
    json.writeStringField("node_id", "R_" + Long.toString(repository.id(), 36));
    json.writeStringField("name", repository.name());
    json.writeStringField("full_name", repository.fullName());
    json.writeBooleanField("private", repository.isPrivate());
    account(json, "owner", new Account(repository.id() + 1, repository.owner(), "Organization"));
    json.writeStringField("html_url", repository.htmlUrl());
    json.writeStringField("description", "A simulated repository");
    json.writeBooleanField("fork", false);
    json.writeStringField("url", api + "/repos/" + repository.fullName());
    time(json, "created_at", repository.createdAt());
    time(json, "updated_at", repository.updatedAt());
    json.writeStringField("visibility", repository.isPrivate() ? "private" : "public");
    json.writeStringField("default_branch", "main");
    json.writeBooleanField("has_issues", issues);
    json.writeBooleanField("archived", false);
    json.writeBooleanField("disabled", false);
  }

  static void time(JsonGenerator json, String field, @Nullable Instant time) throws IOException {
    text(json, field, time == null ? null : time.toString());
  }

  static void text(JsonGenerator json, String field, @Nullable String text) throws IOException {
    if (text == null) {
      json.writeNullField(field);
    } else {
      json.writeStringField(field, text);
    }
  }
}
