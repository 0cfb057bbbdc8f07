package dev.backfill.github.internal.http;

import dev.backfill.github.internal.http.BoundedBody.BodyTooLargeException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A good answer. Its body can be read more than once. */
public final class Answer {

  /** No page of a hundred items comes near it; a bomb does. */
  static final long MAX_TEXT_BYTES = 128L << 20;

  /** GitHub's have some seventy characters; a cursor has to keep it. */
  private static final int MAX_ETAG = 200;

  private final RawResponse raw;
  private final boolean movedForGood;
  private final Instant receivedAt;

  Answer(RawResponse raw, boolean movedForGood, Instant receivedAt) {
    this.raw = raw;
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

  /** Whether there is nothing to read: no content, an empty body, an empty repository. */
  public boolean isEmpty() {
    return raw.status() == 204 || raw.status() == 409 || raw.body().length == 0;
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

  public Links links() {
    return Links.of(raw.headers().allValues("link"), raw.uri());
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

  /** Reads the body as text; what is not UTF-8 becomes U+FFFD. */
  public Reader open() throws IOException {
    return open(raw);
  }

  static Reader open(RawResponse raw) throws IOException {
    InputStream in = new ByteArrayInputStream(raw.body());
    String encoding = raw.header("content-encoding");
    if (encoding.equalsIgnoreCase("gzip")) {
      in = new GZIPInputStream(in);
    } else if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw new IOException("the answer has the encoding \"" + encoding + "\"; asked for was gzip");
    }
    return new BufferedReader(
        new InputStreamReader(new Bounded(in, MAX_TEXT_BYTES), StandardCharsets.UTF_8));
  }

  private static final class Bounded extends FilterInputStream {

    private final long limit;
    private long left;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      return counted(super.read(), 1);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      return counted(count, count);
    }

    private int counted(int result, int count) throws IOException {
      if (result >= 0) {
        left -= count;
        if (left < 0) {
          throw new BodyTooLargeException(limit);
        }
      }
      return result;
    }
  }
}
