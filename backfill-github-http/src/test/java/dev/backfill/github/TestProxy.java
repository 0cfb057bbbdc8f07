package dev.backfill.github;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy on this machine: tunnels for TLS, plain requests, and a password. */
final class TestProxy implements AutoCloseable {

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final String authorization;

  /**
   * Starts the proxy.
   *
   * @param authorization the value that it wants; empty for none
   */
  TestProxy(String authorization) throws IOException {
    this.authorization = authorization;
    start(
        () -> {
          while (true) {
            Socket client = socket.accept();
            open.add(client);
            start(() -> serve(client));
          }
        });
  }

  int port() {
    return socket.getLocalPort();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  /** The first lines of the requests that had the password. */
  List<String> requests() {
    return requests;
  }

  private void serve(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    while (true) {
      List<String> head = head(in);
      if (head.isEmpty()) {
        client.close();
        return;
      }
      if (!authorization.isEmpty() && !head.contains("Proxy-Authorization: " + authorization)) {
        write(
            client,
            "HTTP/1.1 407 Proxy Authentication Required\r\n"
                + "Proxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\n\r\n");
        continue;
      }
      requests.add(head.get(0));
      String target = head.get(0).split(" ")[1];
      if (head.get(0).startsWith("CONNECT ")) {
        String[] place = target.split(":");
        Socket server = connect(place[0], Integer.parseInt(place[1]));
        write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
        start(() -> server.getInputStream().transferTo(client.getOutputStream()));
        in.transferTo(server.getOutputStream());
        return;
      }
      forward(client, head, URI.create(target));
    }
  }

  /** One exchange each connection to the server, which ends it. */
  private void forward(Socket client, List<String> head, URI target) throws IOException {
    Socket server = connect(target.getHost(), target.getPort());
    List<String> lines = new ArrayList<>();
    lines.add(head.get(0).replace(target.getScheme() + "://" + target.getRawAuthority(), ""));
    head.stream()
        .skip(1)
        .filter(line -> !line.startsWith("Proxy-") && !line.startsWith("Connection:"))
        .forEach(lines::add);
    lines.add("Connection: close");
    write(server, String.join("\r\n", lines) + "\r\n\r\n");
    server.getInputStream().transferTo(client.getOutputStream());
    client.close();
  }

  private Socket connect(String host, int port) throws IOException {
    Socket server = new Socket(host.endsWith(".test") ? "localhost" : host, port);
    open.add(server);
    return server;
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static List<String> head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int next;
    while ((next = in.read()) >= 0) {
      bytes.write(next);
      String text = bytes.toString(StandardCharsets.ISO_8859_1);
      if (text.endsWith("\r\n\r\n")) {
        return Arrays.asList(text.strip().split("\r\n"));
      }
    }
    return List.of();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // The other side has closed.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
