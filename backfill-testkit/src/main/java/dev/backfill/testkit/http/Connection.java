package dev.backfill.testkit.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** A connection of one client: reads requests and writes answers in turn, until it ends. */
public final class Connection implements Runnable {

  /** A handler that answers requests. */
  public interface Handler {

    /**
     * Answers a request.
     *
     * @param request the request
     * @param onSent takes an action to run after the answer was sent
     * @return the answer
     * @throws InterruptedException if the server was closed meanwhile
     */
    Response handle(Request request, Consumer<Runnable> onSent) throws InterruptedException;
  }

  private static final int MAX_LINE = 64 * 1024;

  private final Socket socket;
  private final Handler handler;
  private final int maxBody;

  Connection(Socket socket, Handler handler, int maxBody) {
    this.socket = socket;
    this.handler = handler;
    this.maxBody = maxBody;
  }

  @Override
  public void run() {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
      boolean alive = true;
      while (alive) {
        alive = exchange(in, out);
      }
    } catch (IOException e) {
      // The client closed the connection, or the simulation was closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean exchange(InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    String line = readLine(in);
    String[] parts = line.split(" ");
    if (parts.length != 3) {
      return false;
    }
    Map<String, String> headers = new HashMap<>();
    for (String header = readLine(in); !header.isEmpty(); header = readLine(in)) {
      int colon = header.indexOf(':');
      if (colon > 0) {
        String name = header.substring(0, colon).toLowerCase(Locale.ROOT);
        headers.put(name, header.substring(colon + 1).strip());
      }
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    if (length > maxBody || headers.containsKey("transfer-encoding")) {
      return false;
    }
    byte[] body = in.readNBytes(length);

    Runnable[] afterwards = {() -> {}};
    Response response =
        handler.handle(Request.of(parts[0], parts[1], headers, body), then -> afterwards[0] = then);
    Response sent = parts[0].equals("HEAD") ? response.withBody(new byte[0]) : response;
    boolean alive = send(sent, out) && !"close".equalsIgnoreCase(headers.get("connection"));
    afterwards[0].run();
    if (response.delivery() == Response.Delivery.STALLED) {
      in.read();
    }
    return alive;
  }

  private static boolean send(Response response, OutputStream out) throws IOException {
    if (response.delivery() == Response.Delivery.DROPPED
        || response.delivery() == Response.Delivery.STALLED) {
      return false;
    }
    byte[] body = response.body();
    StringBuilder head = new StringBuilder(600);
    head.append("HTTP/1.1 ").append(response.status()).append(" Simulated\r\n");
    response.headers().forEach((name, value) -> append(head, name, value));
    if (response.status() != 304) {
      append(head, "Content-Length", Integer.toString(body.length));
    }
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    boolean whole = response.delivery() == Response.Delivery.WHOLE;
    out.write(body, 0, whole ? body.length : body.length / 2);
    out.flush();
    return whole;
  }

  private static void append(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(80);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() > MAX_LINE) {
        throw new EOFException("the connection ended within a request");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
