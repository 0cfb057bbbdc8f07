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

/** A usable response. One thread may read its body more than once. */
public final class Response implements JsonText.Source {

  /** GitHub's versions have some seventy characters; a cursor has to store them. */
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

  /** Returns its address after redirects. */
  public URI uri() {
    return raw.uri();
  }

  /**
   * Returns true if GitHub reported that {@link #uri()} has replaced the requested address for
   * good.
   */
  public boolean movedForGood() {
    return movedForGood;
  }

  /**
   * Returns true if GitHub reports that there is nothing: no content, or an empty repository. With
   * another status, a missing body is a broken response.
   */
  public boolean isEmpty() {
    return raw.status() == 204 || raw.status() == 409;
  }

  /** Returns true if nothing has changed since the version in the request. */
  public boolean isUnchanged() {
    return raw.status() == 304;
  }

  /** Returns the version of the content, or null if GitHub sent none. */
  public @Nullable String etag() {
    String etag = raw.header("etag");
    return etag.isEmpty() || etag.length() > MAX_ETAG ? null : etag;
  }

  public LinkHeader links() {
    return LinkHeader.of(raw.headers().allValues("link"), raw.uri());
  }

  /** Returns the time of sending on GitHub's clock; the local time if GitHub sent none. */
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

  /** Returns the size of its text in bytes, as far as it has been unpacked. */
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
