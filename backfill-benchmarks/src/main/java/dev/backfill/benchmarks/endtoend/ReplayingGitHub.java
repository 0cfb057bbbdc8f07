package dev.backfill.benchmarks.endtoend;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * A server that repeats the simulated GitHub's first answer to each request. The benchmark measures
 * the client, so the server must cost next to nothing: it looks an answer up and sends its bytes.
 * Rate limits are in the headers and do not bind.
 */
final class ReplayingGitHub implements AutoCloseable {

  static final String TOKEN = "benchmark-token";

  private static final Set<String> OF_THE_CONNECTION =
      Set.of("content-length", "content-encoding", "date", "connection", "transfer-encoding");
  private static final Set<String> FORWARDED =
      Set.of("accept", "authorization", "content-type", "if-none-match", "x-github-api-version");

  /**
   * The comments of one pull request. The simulated GitHub lists comments of whole repositories
   * only, as ours requests them. A client that requests them for each pull request gets an empty
   * list: the request and its latency count, the items do not.
   */
  private static final Pattern COMMENTS_OF_ONE =
      Pattern.compile("/repos/[^/]+/[^/]+/(pulls|issues)/[0-9]+/comments.*");

  private static final String EMPTY_LIST =
      "200 Content-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n[]";
  private static final int WORTH_COMPRESSING = 1_000;

  private final SimulatedGitHub recorded;
  private final HttpClient upstream =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ServerSocket listener;
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "replaying-github");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Duration latency = Duration.ZERO;
  private volatile Instant firstRequest = Instant.MAX;

  ReplayingGitHub(SimulatedRepository... repositories) throws IOException {
    recorded =
        SimulatedGitHub.builder()
            .repository(repositories)
            .token(TOKEN)
            .quota(100_000_000, Duration.ofHours(1))
            .graphqlQuota(100_000_000, Duration.ofHours(1))
            .start();
    listener = new ServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
    threads.execute(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Begins a run, and resets the counts. */
  void begin(Duration latencyOfEach) {
    latency = latencyOfEach;
    requests.set(0);
    bytes.set(0);
    firstRequest = Instant.MAX;
  }

  /** Returns the number of requests since the run began. */
  long requests() {
    return requests.get();
  }

  /** Returns the number of bytes sent since the run began. */
  long bytes() {
    return bytes.get();
  }

  /** Returns the time of the first request of the run, or {@link Instant#MAX}. */
  Instant firstRequest() {
    return firstRequest;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // Closed, or a client disconnected before it was served.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
      while (exchange(in, out)) {
        // The next request of the connection.
      }
    } catch (IOException e) {
      // The client closed the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private boolean exchange(InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    String line = readLine(in);
    if (line.isEmpty()) {
      return false;
    }
    if (requests.getAndIncrement() == 0) {
      firstRequest = Instant.now();
    }
    Map<String, String> headers = new TreeMap<>();
    for (String header = readLine(in); !header.isEmpty(); header = readLine(in)) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    boolean gzip = headers.getOrDefault("accept-encoding", "").contains("gzip");
    headers.keySet().retainAll(FORWARDED);
    String key = line + headers + gzip + new String(body, StandardCharsets.UTF_8);
    byte[] answer = answers.get(key);
    if (answer == null) {
      answer = ask(line.split(" "), headers, body, gzip);
      answers.put(key, answer);
    }
    if (!latency.isZero()) {
      Thread.sleep(latency.toMillis());
    }
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().atOffset(ZoneOffset.UTC));
    out.write("HTTP/1.1 ".getBytes(StandardCharsets.ISO_8859_1));
    out.write(answer, 0, 4);
    out.write(("Replayed\r\nDate: " + date + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.write(answer, 4, answer.length - 4);
    out.flush();
    bytes.addAndGet(answer.length);
    return true;
  }

  /** Requests the simulated GitHub; the answer's first four bytes are its status and a blank. */
  private byte[] ask(String[] line, Map<String, String> headers, byte[] body, boolean gzip)
      throws IOException, InterruptedException {
    if (COMMENTS_OF_ONE.matcher(line[1]).matches()) {
      return EMPTY_LIST.getBytes(StandardCharsets.ISO_8859_1);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(recorded.url().resolve(line[1]))
            .method(line[0], HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    HttpResponse<byte[]> response =
        upstream.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    byte[] text =
        here(new String(response.body(), StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder(response.statusCode() + " ");
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> append(head, name, here(value)));
              }
            });
    if (gzip && text.length >= WORTH_COMPRESSING) {
      append(head, "Content-Encoding", "gzip");
      text = compressed(text);
    }
    if (response.statusCode() != 304) {
      append(head, "Content-Length", String.valueOf(text.length));
    }
    ByteArrayOutputStream answer = new ByteArrayOutputStream(head.length() + text.length + 2);
    answer.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    answer.write(text);
    return answer.toByteArray();
  }

  private String here(String text) {
    return text.replace(recorded.url().toString(), url().toString());
  }

  private static void append(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static byte[] compressed(byte[] text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text);
    }
    return bytes.toByteArray();
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(80);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
    for (Socket socket : open) {
      socket.close();
    }
    recorded.close();
  }
}
