package dev.backfill.testkit.postgrest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.testkit.http.Response;
import dev.backfill.testkit.json.JsonTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error that ends a request, with the answer of PostgREST 12.0.2 to it. */
final class RestError extends Exception {

  private static final long serialVersionUID = 1L;
  private static final JsonFactory FACTORY = new JsonFactory();

  private final transient Response response;

  private RestError(Response response) {
    super(null, null, false, false);
    this.response = response;
  }

  static RestError of(int status, String code, String message) {
    return of(status, code, message, null, null);
  }

  static RestError of(
      int status, String code, String message, @Nullable String details, @Nullable String hint) {
    return new RestError(Response.json(status, body(code, message, details, hint)));
  }

  /** Returns the error for a token that is not valid. */
  static RestError unauthorized(String message) {
    return of(401, "PGRST301", message)
        .with(
            "WWW-Authenticate",
            "Bearer error=\"invalid_token\", error_description=\"" + message + "\"");
  }

  RestError with(String name, String value) {
    return new RestError(response.with(name, value));
  }

  RestError with(Map<String, String> headers) {
    return new RestError(response.with(headers));
  }

  Response response() {
    return response;
  }

  private static byte[] body(
      String code, String message, @Nullable String details, @Nullable String hint) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("code", code);
    fields.put("details", details);
    fields.put("hint", hint);
    fields.put("message", message);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      JsonTree.write(json, fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
