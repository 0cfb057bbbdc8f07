package dev.backfill.testkit.postgrest;

import dev.backfill.testkit.json.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of PostgREST 12.0.2 from a database's error to an answer. */
final class SqlStates {

  private SqlStates() {}

  /** Returns the answer to an error that the database reported. */
  static RestError answer(ServerError error, boolean knownCaller) {
    if (error.state().equals("PGRST")) {
      return custom(error);
    }
    int status = status(error.state(), knownCaller);
    RestError answer =
        RestError.of(status, error.state(), error.message(), error.detail(), error.hint());
    return switch (status) {
      case 401 -> answer.with("WWW-Authenticate", "Bearer");
      case 503 -> answer.with("Retry-After", "0");
      default -> answer;
    };
  }

  /** Returns the answer if the database cannot be reached. */
  static RestError unreachable(String details) {
    return connection("PGRST000", "Database connection error. Retrying the connection.", details);
  }

  /** Returns the answer if the connection ended during a call. */
  static RestError connectionLost() {
    return connection(
        "PGRST001",
        "Database client error. Retrying the connection.",
        "no connection to the server\n");
  }

  private static RestError connection(String code, String message, String details) {
    return RestError.of(503, code, message, details, null).with("Retry-After", "0");
  }

  private static int status(String state, boolean knownCaller) {
    return switch (state) {
      case "23503", "23505" -> 409;
      case "25006" -> 405;
      case "42501" -> knownCaller ? 403 : 401;
      case "42883", "42P01" -> 404;
      case "57P01" -> 503;
      case "P0001" -> 400;
      default -> state.startsWith("PT") ? ownStatus(state) : classStatus(state.substring(0, 2));
    };
  }

  private static int ownStatus(String state) {
    String status = state.substring(2);
    return status.matches("\\d{3}") ? Integer.parseInt(status) : 500;
  }

  private static int classStatus(String state) {
    return switch (state) {
      case "08", "53" -> 503;
      case "0L", "0P", "28" -> 403;
      case "54" -> 413;
      case "09", "25", "2D", "38", "39", "3B", "40", "55", "57", "58", "F0", "HV", "P0", "XX" ->
          500;
      default -> 400;
    };
  }

  /** Returns the answer that a function raised with {@code PGRST}: JSON in message and detail. */
  private static RestError custom(ServerError error) {
    Map<String, @Nullable Object> message = object(error.message());
    Map<String, @Nullable Object> detail = object(error.detail());
    if (message == null
        || detail == null
        || !(message.get("code") instanceof String code)
        || !(message.get("message") instanceof String text)
        || !(detail.get("status") instanceof Long status)
        || !(detail.get("headers") instanceof Map<?, ?> headers)) {
      return RestError.of(
          500, "PGRST121", "The message and detail field of RAISE 'PGRST' error expects JSON");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    headers.forEach((name, value) -> texts.put(String.valueOf(name), String.valueOf(value)));
    return RestError.of(
            status.intValue(),
            code,
            text,
            (String) message.get("details"),
            (String) message.get("hint"))
        .with(texts);
  }

  private static @Nullable Map<String, @Nullable Object> object(@Nullable String text) {
    return text == null ? null : JsonTree.object(text.getBytes(StandardCharsets.UTF_8));
  }
}
