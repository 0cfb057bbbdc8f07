package dev.backfill.github.internal.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.GraphQlResponse;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.json.JsonFactories;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Sends and reads JSON. Thread-safe. */
public final class Writer {

  private static final ObjectMapper JSON = new ObjectMapper(JsonFactories.create());

  /** The quota's reserve is for the host, and these few requests are made for the host. */
  private static final long NO_RESERVE = 0;

  private final GitHubApi api;

  public Writer(GitHubApi api) {
    this.api = api;
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  JsonNode get(String path) throws InterruptedException {
    return read(path, api.get(path, budget()), false);
  }

  /**
   * Sends a query.
   *
   * @return its data; missing if GitHub refuses it
   */
  JsonNode query(String text) throws InterruptedException {
    try {
      GraphQlResponse response = api.query(text, Map.of(), budget());
      TransientFailureException overload = response.overload();
      if (overload != null) {
        throw overload;
      }
      return response.data();
    } catch (PermanentFailureException e) {
      return MissingNode.getInstance();
    }
  }

  JsonNode post(String path, ObjectNode body) throws InterruptedException {
    return read(path, api.post(path, bytes(body), budget()), true);
  }

  JsonNode patch(String path, ObjectNode body) throws InterruptedException {
    return read(path, api.patch(path, bytes(body), budget()), true);
  }

  /** Creates the failure for a response that lacks what every such response has. */
  TransientFailureException incomplete(String path) {
    return new TransientFailureException(
        api.redact("GitHub's response for " + path + " differs from its documentation")
            + ". Nothing of it is recorded. It is requested again the next time.",
        null);
  }

  String redact(String text) {
    return api.redact(text);
  }

  private static RequestBudget budget() {
    return new RequestBudget(NO_RESERVE, new LongAdder());
  }

  private static byte[] bytes(ObjectNode body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an object can always be written", e);
    }
  }

  private JsonNode read(String path, Response response, boolean written) {
    if (response.isEmpty()) {
      return MissingNode.getInstance();
    }
    JsonNode body;
    try (Reader in = response.open()) {
      body = JSON.readTree(in);
    } catch (IOException e) {
      throw malformed(path, response, e, written);
    }
    if (body.isContainerNode()) {
      return body;
    }
    throw malformed(path, response, null, written);
  }

  private TransientFailureException malformed(
      String path, Response response, @Nullable IOException cause, boolean written) {
    return written
        ? api.malformedAfterWrite(path, response, cause)
        : api.malformed(path, response, cause);
  }

  /**
   * Returns an address to show to users, unless it leads elsewhere than to GitHub.
   *
   * @return the address, or null if there is none or it is not trusted
   */
  @Nullable String webAddress(JsonNode node) {
    String text = node.asText("");
    try {
      URI uri = URI.create(text);
      String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
      URI base = URI.create(api.address().toString());
      String web = base.getHost().toLowerCase(Locale.ROOT).replaceFirst("^api\\.", "");
      boolean trusted =
          "https".equals(uri.getScheme()) && uri.getRawUserInfo() == null && host.equals(web)
              || api.address().hasSameOrigin(uri);
      return trusted && text.length() <= 500 ? text : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
