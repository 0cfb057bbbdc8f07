package dev.backfill.examples.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application on a simulated GitHub, from its main class to its pages. */
class PullRequestsApplicationTest {

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void thePageShowsTheRowsOfItsOwnDatabase(@TempDir Path directory) throws Exception {
    try (SimulatedGitHub gitHub =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of("sim/shown", 70))
                .repository(SimulatedRepository.of("sim/asked", 5))
                .start();
        ConfigurableApplicationContext application =
            SpringApplication.run(
                PullRequestsApplication.class,
                "--server.port=0",
                "--spring.datasource.url=jdbc:h2:" + directory.resolve("rows"),
                "--backfill.github.api-url=" + gitHub.url(),
                "--backfill.repositories=sim/shown")) {
      String address =
          "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port");
      Eventually.until(
          "the history is complete",
          () -> get(address + "/sim/shown").contains("completed, 70 of 70"));
      assertThat(get(address + "/sim/shown"))
          .contains("<h1>sim/shown</h1>")
          .containsPattern("<td>[1-9] reviews");
      assertThat(get(address + "/sim/shown.json").split("\"number\":")).hasSize(1 + 50);
      assertThat(get(address + "/actuator/health")).contains("\"backfill\":{\"details\":{");
      long requests = gitHub.requests();

      assertThat(get(address + "/sim/shown")).contains("<tr><td>");
      assertThat(gitHub.requests()).as("requests for a page").isEqualTo(requests);

      post(address + "/sim/asked/sync");
      Eventually.until(
          "the requested repository is complete",
          () -> get(address + "/sim/asked").contains("completed, 5 of 5"));
    }
  }

  @Test
  void itHasFewerThanAHundredLines() throws Exception {
    try (Stream<Path> files = Files.walk(Path.of("src", "main"))) {
      List<Path> sources =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.endsWith("package-info.java"))
              .toList();
      long lines = 0;
      for (Path each : sources) {
        lines += Files.readAllLines(each).size();
      }
      assertThat(lines).isBetween(50L, 99L);
    }
  }

  private String get(String address) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(address)).GET());
  }

  private void post(String address) throws Exception {
    assertThat(
            send(
                HttpRequest.newBuilder(URI.create(address))
                    .POST(HttpRequest.BodyPublishers.noBody())))
        .endsWith("streams");
  }

  private String send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
  }
}
