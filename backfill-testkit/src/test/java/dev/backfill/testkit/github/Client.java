package dev.backfill.testkit.github;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backfill.testkit.json.JsonTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Asks a simulated GitHub over real HTTP, and reads JSON into maps and lists. */
final class Client {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private static final JsonFactory JSON = new JsonFactory();

  record Reply(int status, HttpResponse<byte[]> http) {

    String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }

    byte[] bytes() throws IOException {
      return header("content-encoding").equals("gzip")
          ? new GZIPInputStream(new ByteArrayInputStream(http.body())).readAllBytes()
          : http.body();
    }

    String text() throws IOException {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    List<Map<String, Object>> list() throws IOException {
      return Client.list(bytes());
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> object() throws IOException {
      return (Map<String, Object>) parse(bytes());
    }

    /** The value at a path of names and indexes. */
    Object at(Object... path) throws IOException {
      Object value = object();
      for (Object step : path) {
        value =
            step instanceof Integer index
                ? ((List<?>) value).get(index)
                : ((Map<?, ?>) value).get(step);
      }
      return value;
    }

    /** The types of the errors of a query. */
    List<Object> errorTypes() throws IOException {
      List<?> errors = (List<?>) object().getOrDefault("errors", List.of());
      List<Object> types = new ArrayList<>();
      errors.forEach(error -> types.add(((Map<?, ?>) error).get("type")));
      return types;
    }

    /** The target of a link, or empty. */
    String link(String relation) {
      Matcher link = Pattern.compile("<([^>]+)>; rel=\"" + relation + "\"").matcher(header("link"));
      return link.find() ? link.group(1) : "";
    }
  }

  private final SimulatedGitHub github;

  Client(SimulatedGitHub github) {
    this.github = github;
  }

  Reply get(String target, String... headers) throws IOException, InterruptedException {
    URI uri = URI.create(target.startsWith("http") ? target : github.url() + target);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> response =
        HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Reply(response.statusCode(), response);
  }

  /** Sends a GraphQL query with the token {@code good}; variables are names and values in turn. */
  Reply query(String query, Object... variables) throws IOException, InterruptedException {
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      named.put((String) variables[i], variables[i + 1]);
    }
    Map<String, Object> body = Map.of("query", query, "variables", named);
    return post(
        "/graphql", Json.bytes(json -> JsonTree.write(json, body)), "Authorization", "bearer good");
  }

  Reply post(String target, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(github.url() + target))
            .headers(headers)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> response = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return new Reply(response.statusCode(), response);
  }

  /** Everything from an address on, following the links. */
  List<Map<String, Object>> all(String target) throws IOException, InterruptedException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (String next = target; !next.isEmpty(); ) {
      Reply reply = get(next, "Accept-Encoding", "gzip");
      all.addAll(reply.list());
      next = reply.link("next");
    }
    return all;
  }

  /** The objects of a list in JSON. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> list(byte[] json) throws IOException {
    return (List<Map<String, Object>>) parse(json);
  }

  private static Object parse(byte[] bytes) throws IOException {
    try (JsonParser parser = JSON.createParser(bytes)) {
      parser.nextToken();
      return value(parser);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT:
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        return object;
      case START_ARRAY:
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        return array;
      case VALUE_NUMBER_INT:
        return parser.getLongValue();
      case VALUE_TRUE:
        return true;
      case VALUE_FALSE:
        return false;
      case VALUE_NULL:
        return null;
      default:
        return parser.getText();
    }
  }
}
