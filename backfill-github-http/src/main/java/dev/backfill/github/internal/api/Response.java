package dev.backfill.github.internal.api;

import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.transport.BodyText;
import dev.backfill.github.internal.transport.LinkHeader;
import dev.backfill.github.internal.transport.RawResponse;
import dev.backfill.github.internal.transport.ServerClock;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A good answer. Its body can be read more than once, by one thread. */
public final class Response implements JsonText.Source {

  /** GitHub's have some seventy characters; a cursor has to keep it. */
  private static final int MAX_ETAG = 200;

  private final RawResponse raw;
  private final BodyText text;
  private final boolean movedForGood;
  private final Instant receivedAt;

  public Response(RawResponse raw, boolean movedForGood, Instant receivedAt) {
    this.raw = raw;
    this.text = new BodyText(raw);
    this.movedForGood = movedForGood;
    this.receivedAt = receivedAt;
  }

  /** Where it came from in the end. */
  public URI uri() {
    return raw.uri();
  }

  /** Whether GitHub said that the asked address has been replaced by {@link #uri()}. */
  public boolean movedForGood() {
    return movedForGood;
  }

  /**
   * Whether GitHub reports that there is nothing: no content, or an empty repository. A body that
   * is missing for another status is a broken answer.
   */
  public boolean isEmpty() {
    return raw.status() == 204 || raw.status() == 409;
  }

  /** Whether it has not changed since the version that was named in the request. */
  public boolean isUnchanged() {
    return raw.status() == 304;
  }

  /** The name of this version of it, or null when GitHub gave none. */
  public @Nullable String etag() {
    String etag = raw.header("etag");
    return etag.isEmpty() || etag.length() > MAX_ETAG ? null : etag;
  }

  public LinkHeader links() {
    return LinkHeader.of(raw.headers().allValues("link"), raw.uri());
  }

  /** When GitHub sent it, on GitHub's clock; the local time when it did not say. */
  public Instant serverTime() {
    Instant date = ServerClock.parseDate(raw.header("date"));
    return date == null ? receivedAt : date;
  }

  public String requestId() {
    return raw.header("x-github-request-id");
  }

  public boolean isHtml() {
    return raw.header("content-type").startsWith("text/html");
  }

  /** How many bytes its text has, as far as it has been unpacked. */
  public long size() {
    return text.size();
  }

  @Override
  public byte @Nullable [] bytes() throws IOException {
    return text.bytes();
  }

  @Override
  public Reader open() throws IOException {
    return text.open();
  }
}
