package dev.backfill.testkit.github;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client gets.
 *
 * @param status the HTTP status
 * @param headers to send beside the ones that the connection adds
 * @param body the bytes; may be empty
 * @param delivery how much of it arrives
 */
record Answer(int status, Map<String, String> headers, byte[] body, Delivery delivery) {

  /** How much of an answer arrives. */
  enum Delivery {
    /** All of it. */
    WHOLE,
    /** Half of the body, then the connection ends. */
    CUT,
    /** Nothing; the connection ends. */
    DROPPED,
    /** Nothing, and the connection stays open. */
    STALLED
  }

  static Answer json(int status, byte[] body) {
    return new Answer(
        status, Map.of("Content-Type", "application/json; charset=utf-8"), body, Delivery.WHOLE);
  }

  static Answer message(int status, String message) {
    return json(status, Json.message(message));
  }

  static Answer html(int status, String title) {
    String page =
        "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body><p>"
            + title
            + "</p></body></html>\n";
    return new Answer(
        status,
        Map.of("Content-Type", "text/html; charset=utf-8"),
        page.getBytes(StandardCharsets.UTF_8),
        Delivery.WHOLE);
  }

  Answer with(String name, String value) {
    return with(Map.of(name, value));
  }

  Answer with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Answer(status, all, body, delivery);
  }

  Answer notModified() {
    return new Answer(304, Map.of(), new byte[0], delivery);
  }

  Answer withBody(byte[] other) {
    return new Answer(status, headers, other, delivery);
  }

  Answer delivered(Delivery how) {
    return new Answer(status, headers, body, how);
  }
}
