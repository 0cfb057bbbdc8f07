package dev.backfill.spring.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that was started as its main method would, with its output and its web server. */
final class RunningApplication implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final String output;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningApplication(ConfigurableApplicationContext context, String output) {
    this.context = context;
    this.output = output;
  }

  /** Starts it on a free port, with all endpoints exposed. */
  static RunningApplication start(Class<?> source, String... properties) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ConfigurableApplicationContext started = withOutput(bytes, () -> run(source, properties));
    return new RunningApplication(started, bytes.toString(StandardCharsets.UTF_8));
  }

  static ConfigurableApplicationContext run(Class<?> source, String... properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--management.endpoints.web.exposure.include=*");
    arguments.add("--management.endpoint.health.show-details=always");
    for (String each : properties) {
      arguments.add("--" + each);
    }
    return SpringApplication.run(source, arguments.toArray(String[]::new));
  }

  /** Runs an action whose output goes into a buffer. */
  static <T> T withOutput(ByteArrayOutputStream bytes, java.util.function.Supplier<T> action) {
    PrintStream before = System.out;
    try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      return action.get();
    } finally {
      System.setOut(before);
    }
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  /** Returns what was printed until it was started. */
  String output() {
    return output;
  }

  int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  @Override
  public void close() {
    context.close();
  }
}
