package dev.backfill.github.internal.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.transport.BoundedBody.BodyTooLargeException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The text of a response in any encoding. A usual one is unpacked once, into memory; one that is
 * very large or not UTF-8 is read as a stream. Used by one thread.
 */
public final class BodyText implements JsonText.Source {

  /** Far above any page of a hundred items; limits a decompression bomb. */
  static final long MAX_TEXT_BYTES = 128L << 20;

  private static final int MAX_IN_MEMORY = 16 << 20;
  private static final int MAX_TRUSTED = 4 << 20;
  private static final int SMALLEST = 4 << 10;
  private static final int BUFFER = 16 << 10;

  private final RawResponse raw;
  private byte @Nullable [] bytes;
  private boolean unpacked;
  private long size;

  public BodyText(RawResponse raw) {
    this.raw = raw;
    this.size = raw.body().length;
  }

  /** Returns its size in bytes, as far as it has been unpacked. */
  public long size() {
    return size;
  }

  @Override
  public byte @Nullable [] bytes() throws IOException {
    if (!unpacked) {
      byte[] whole = isPacked() ? unpack() : raw.body();
      size = whole == null ? MAX_IN_MEMORY : whole.length;
      bytes = whole != null && Utf8.isValid(whole) ? whole : null;
      unpacked = true;
    }
    return bytes;
  }

  /** Reads it as one value; a missing one if it is empty. */
  JsonNode read(ObjectMapper json) throws IOException {
    byte[] whole = bytes();
    if (whole != null) {
      return json.readTree(whole);
    }
    try (Reader in = open()) {
      return json.readTree(in);
    }
  }

  @Override
  public Reader open() throws IOException {
    InputStream in = new ByteArrayInputStream(raw.body());
    return new BufferedReader(
        new InputStreamReader(
            new Bounded(isPacked() ? new GZIPInputStream(in, BUFFER) : in, MAX_TEXT_BYTES),
            StandardCharsets.UTF_8));
  }

  private boolean isPacked() throws IOException {
    String encoding = raw.header("content-encoding");
    if (encoding.equalsIgnoreCase("gzip")) {
      return true;
    }
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw new IOException(
          "the response has the encoding \"" + encoding + "\"; requested was gzip");
    }
    return false;
  }

  /** Returns the text; null if it is too large for memory. */
  private byte @Nullable [] unpack() throws IOException {
    byte[] text = new byte[announced()];
    int size = 0;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(raw.body()), BUFFER)) {
      while (true) {
        if (size == text.length) {
          int one = in.read();
          if (one < 0) {
            return text;
          }
          if (size >= MAX_IN_MEMORY) {
            return null;
          }
          text = Arrays.copyOf(text, Math.min(MAX_IN_MEMORY, Math.max(SMALLEST, 2 * size)));
          text[size++] = (byte) one;
        }
        int count = in.read(text, size, text.length - size);
        if (count < 0) {
          return Arrays.copyOf(text, size);
        }
        size += count;
      }
    }
  }

  /** Returns the length in gzip's last four bytes, which need not be true. */
  private int announced() {
    byte[] packed = raw.body();
    if (packed.length < Integer.BYTES) {
      return SMALLEST;
    }
    long length = 0;
    for (int i = 1; i <= Integer.BYTES; i++) {
      length = length << Byte.SIZE | Byte.toUnsignedInt(packed[packed.length - i]);
    }
    return (int) Math.min(length, MAX_TRUSTED);
  }

  private static final class Bounded extends FilterInputStream {

    private final long limit;
    private long remaining;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
      this.remaining = limit;
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
        remaining -= count;
        if (remaining < 0) {
          throw new BodyTooLargeException(limit);
        }
      }
      return result;
    }
  }
}
