package dev.backfill.testkit.postgrest;

import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A PostgREST of another process. Each request has a connection of its own, and is sent once: the
 * JDK's clients may repeat a request whose answer is lost.
 */
final class RemotePostgrest implements Upstream {

  private static final Set<String> OF_ONE_CONNECTION =
      Set.of(
          "host",
          "connection",
          "content-length",
          "transfer-encoding",
          "accept-encoding",
          "upgrade",
          "http2-settings");

  private final URI url;

  RemotePostgrest(URI url) {
    this.url = url;
  }

  @Override
  public Response answer(Request request) {
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setTcpNoDelay(true);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      out.write(head(request).getBytes(StandardCharsets.ISO_8859_1));
      out.write(request.body());
      out.flush();
      return read(new BufferedInputStream(socket.getInputStream()), request.method());
    } catch (IOException e) {
      return Response.json(
          502,
          "{\"message\":\"An invalid response was received from the upstream server\"}"
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public List<String> violations() {
    return List.of();
  }

  @Override
  public void close() {}

  private String head(Request request) {
    StringBuilder head = new StringBuilder(600);
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(url.getAuthority()).append("\r\nConnection: close\r\n");
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!OF_ONE_CONNECTION.contains(name)) {
                head.append(name).append(": ").append(value).append("\r\n");
              }
            });
    return head.append("Content-Length: ")
        .append(request.body().length)
        .append("\r\n\r\n")
        .toString();
  }

  private static Response read(InputStream in, String method) throws IOException {
    int status = Integer.parseInt(line(in).split(" ")[1]);
    Map<String, String> headers = new LinkedHashMap<>();
    int length = -1;
    boolean chunked = false;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      String name = header.substring(0, colon);
      String value = header.substring(colon + 1).strip();
      switch (name.toLowerCase(Locale.ROOT)) {
        case "content-length" -> length = Integer.parseInt(value);
        case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
        case "connection" -> {}
        default -> headers.put(name, value);
      }
    }
    byte[] body =
        method.equals("HEAD") || status == 204
            ? new byte[0]
            : chunked ? chunks(in) : length < 0 ? in.readAllBytes() : in.readNBytes(length);
    return new Response(status, headers, body, Response.Delivery.WHOLE);
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = size(in); size > 0; size = size(in)) {
      byte[] chunk = in.readNBytes(size);
      if (chunk.length < size) {
        throw new EOFException("the connection ended within a chunk");
      }
      body.write(chunk);
      line(in);
    }
    return body.toByteArray();
  }

  private static int size(InputStream in) throws IOException {
    return Integer.parseInt(line(in).split(";")[0].strip(), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(80);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended within an answer");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
