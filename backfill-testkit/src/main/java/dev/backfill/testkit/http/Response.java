package dev.backfill.testkit.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A response to a client.
 *
 * @param status the HTTP status
 * @param headers to send beside the ones that the connection adds
 * @param body the bytes; may be empty
 * @param delivery the part of it that arrives
 */
public record Response(int status, Map<String, String> headers, byte[] body, Delivery delivery) {

  /** The part of an answer that arrives. */
  public enum Delivery {
    /** All of the answer. */
    WHOLE,
    /** Half of the body, then the connection ends. */
    CUT,
    /** Nothing; the connection ends. */
    DROPPED,
    /** Nothing, and the connection stays open. */
    STALLED
  }

  /** Returns a whole answer with a JSON body. */
  public static Response json(int status, byte[] body) {
    return new Response(
        status, Map.of("Content-Type", "application/json; charset=utf-8"), body, Delivery.WHOLE);
  }

  /** Returns the same with another header. */
  public Response with(String name, String value) {
    return with(Map.of(name, value));
  }

  /** Returns the same with other headers. */
  public Response with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Response(status, all, body, delivery);
  }

  /** Returns the same with a tag that also changes with a version. */
  public Response versioned(long version) {
    return with("ETag", "W/\"" + version + "-" + sum() + "\"");
  }

  /** Returns the tag that it has, or else the one of its body. */
  public String tag() {
    String tag = headers.get("ETag");
    return tag == null ? "W/\"" + sum() + "\"" : tag;
  }

  private String sum() {
    CRC32C sum = new CRC32C();
    sum.update(body);
    return Long.toHexString(sum.getValue()) + "-" + body.length;
  }

  /** Returns the answer to a request whose tag is still right. */
  public Response notModified() {
    return new Response(304, Map.of(), new byte[0], delivery);
  }

  /** Returns the same with another body. */
  public Response withBody(byte[] other) {
    return new Response(status, headers, other, delivery);
  }

  /** Returns the same, of which another part arrives. */
  public Response delivered(Delivery how) {
    return new Response(status, headers, body, how);
  }
}
