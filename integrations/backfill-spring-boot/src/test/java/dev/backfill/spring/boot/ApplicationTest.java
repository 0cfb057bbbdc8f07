package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.JobStore;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.github.SimulatedGitHub;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** A whole application with lazy initialization, over HTTP. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApplicationTest {

  private static final AtomicBoolean LOST = new AtomicBoolean();

  private static SimulatedGitHub gitHub;
  private static RunningApplication application;

  /** The application, with a store that can be lost. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    BackfillStoreCustomizer losable() {
      return store -> {
        JobStore jobs = losable(store.jobs());
        return (BackfillStore)
            Proxy.newProxyInstance(
                ApplicationTest.class.getClassLoader(),
                new Class<?>[] {BackfillStore.class},
                (proxy, method, arguments) ->
                    method.getName().equals("jobs") ? jobs : call(method, store, arguments));
      };
    }

    private static JobStore losable(JobStore jobs) {
      return (JobStore)
          Proxy.newProxyInstance(
              ApplicationTest.class.getClassLoader(),
              new Class<?>[] {JobStore.class},
              (proxy, method, arguments) -> {
                if (LOST.get()) {
                  throw new TransientFailureException("the database is away", null);
                }
                return call(method, jobs, arguments);
              });
    }

    private static Object call(java.lang.reflect.Method method, Object target, Object[] arguments)
        throws Throwable {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  @BeforeAll
  static void start() {
    gitHub = AutoConfigurationTest.gitHub();
    application =
        RunningApplication.start(
            Application.class,
            "spring.main.lazy-initialization=true",
            "spring.datasource.url=" + TestApplication.database(),
            "backfill.github.api-url=" + gitHub.url(),
            "backfill.repositories=sim/one");
  }

  @AfterAll
  static void stop() {
    application.close();
    gitHub.close();
  }

  private static JsonNode health() throws IOException, InterruptedException {
    return RunningApplication.json(application.get("/actuator/health/backfill"));
  }

  private static JsonNode target(String name) throws IOException, InterruptedException {
    return RunningApplication.json(application.get("/actuator/backfill/" + name));
  }

  private static JsonNode request(String target, String json)
      throws IOException, InterruptedException {
    HttpResponse<String> response = application.post("/actuator/backfill/" + target, json);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return RunningApplication.json(response);
  }

  @Test
  @Order(1)
  void theRowsAreInTheDatabase() throws Exception {
    JdbcTemplate jdbc = application.context().getBean(JdbcTemplate.class);
    Eventually.until(
        "all pull requests are stored",
        () -> jdbc.queryForObject("SELECT COUNT(*) FROM pull_requests", Integer.class) == 30);
  }

  @Test
  @Order(2)
  void oneLineStatesWhatWasConfigured() {
    assertThat(application.output().lines().filter(line -> line.contains("Backfill: ")))
        .singleElement()
        .asString()
        .contains("(schema=install)")
        .contains("GitHub at " + gitHub.url() + " without a token, so 60 requests an hour")
        .contains("tracked sim/one")
        .contains("manager started, 3 slices at once; health; actuator endpoint; metrics.")
        .doesNotContain("Left out");
  }

  @Test
  @Order(3)
  void theEndpointListsAllBackfills() throws Exception {
    Eventually.until(
        "all streams are complete",
        () ->
            target("sim/one").path("backfills").findValuesAsText("status").stream()
                .allMatch("completed"::equals));
    JsonNode overview = RunningApplication.json(application.get("/actuator/backfill"));
    assertThat(overview.path("running").asBoolean()).isTrue();
    assertThat(overview.path("worker").asText()).isNotBlank();
    assertThat(overview.path("backfills").findValuesAsText("source"))
        .containsExactly("github:issue-comments", "github:pull-requests", "github:review-comments");
    JsonNode requests = overview.path("backfills").get(1);
    assertThat(requests.path("target").asText()).isEqualTo("sim/one");
    assertThat(requests.path("processed").asInt()).isEqualTo(30);
    assertThat(requests.path("job").path("state").asText()).isEqualTo("idle");
    assertThat(requests.path("completedAt").asText()).matches("20.*Z");
  }

  @Test
  @Order(4)
  void theEndpointExplainsARepository() throws Exception {
    JsonNode explained = target("sim/one");
    assertThat(explained.path("explanation").asText()).contains("completed, 30 of 30");
    assertThat(explained.path("backfills").get(0).path("job").path("events").size()).isPositive();
    assertThat(application.get("/actuator/backfill/sim/unknown").statusCode()).isEqualTo(404);
  }

  @Test
  @Order(4)
  void theMetersAreInTheRegistry() throws Exception {
    assertThat(meter("backfill.items?tag=stream:github:pull-requests&tag=outcome:inserted"))
        .isEqualTo(30);
    assertThat(meter("backfill.jobs?tag=state:idle")).isEqualTo(3);
    assertThat(meter("backfill.slice?tag=stream:github:pull-requests")).isPositive();
    assertThat(application.get("/actuator/metrics/backfill.items").body())
        .doesNotContain("repository");
  }

  private static double meter(String query) throws IOException, InterruptedException {
    HttpResponse<String> response = application.get("/actuator/metrics/" + query);
    assertThat(response.statusCode()).as(query).isEqualTo(200);
    return RunningApplication.json(response).path("measurements").get(0).path("value").asDouble();
  }

  @Test
  @Order(5)
  void aSyncTracksAndOtherRequestsSteer() throws Exception {
    request("sim/two", "{\"action\": \"sync\", \"reason\": \"release\", \"actor\": \"ann\"}");
    Eventually.until(
        "the synced repository is complete",
        () ->
            target("sim/two").path("backfills").findValuesAsText("status").stream()
                .allMatch("completed"::equals));
    assertThat(target("sim/two").path("explanation").asText()).contains("ann: release");
    // Tracked and not yet begun: there is no such repository, so that it fails and waits.
    application.context().getBean(BackfillManager.class).track("sim/none");
    assertThat(request("sim/none", "{\"action\": \"pause\"}").path("explanation").asText())
        .contains("by actuator");
    Eventually.until("it is paused", () -> has("sim/none", "paused"));
    request("sim/none", "{\"action\": \"cancel\", \"reason\": \"a mistake\"}");
    Eventually.until("it is cancelled", () -> has("sim/none", "cancelled"));
    request("sim/none", "{\"action\": \"resume\"}");
    assertThat(has("sim/none", "cancelled")).isFalse();
  }

  private static boolean has(String target, String status) throws Exception {
    return target(target).path("backfills").findValuesAsText("status").stream()
        .allMatch(status::equals);
  }

  @Test
  @Order(6)
  void aWrongRequestIsRefusedWithAReason() throws Exception {
    HttpResponse<String> untracked =
        application.post("/actuator/backfill/sim/unknown", "{\"action\": \"pause\"}");
    assertThat(untracked.statusCode()).isEqualTo(400);
    HttpResponse<String> unknown =
        application.post("/actuator/backfill/sim/one", "{\"action\": \"explode\"}");
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(application.post("/actuator/backfill/sim/one", "{}").statusCode()).isEqualTo(400);
    assertThat(
            application.post("/actuator/backfill/nonsense", "{\"action\": \"sync\"}").statusCode())
        .isEqualTo(400);
  }

  @Test
  @Order(7)
  void healthIsUpWithDetails() throws Exception {
    JsonNode health = health();
    assertThat(health.path("status").asText()).isEqualTo("UP");
    assertThat(health.path("details").path("loop").asText()).isEqualTo("running");
    assertThat(health.path("details").path("worker").asText()).isNotBlank();
  }

  @Test
  @Order(8)
  void healthIsDownWhileTheStoreIsLost() throws Exception {
    LOST.set(true);
    try {
      HttpResponse<String> down = application.get("/actuator/health/backfill");
      assertThat(down.statusCode()).isEqualTo(503);
      assertThat(RunningApplication.json(down).path("details").path("error").asText())
          .isEqualTo("the database is away");
    } finally {
      LOST.set(false);
    }
    assertThat(health().path("status").asText()).isEqualTo("UP");
  }

  @Test
  @Order(9)
  void healthIsDownAfterTheLoopHasEnded() throws Exception {
    application.context().getBean(BackfillManager.class).stop();
    Eventually.until("the loop has ended", () -> health().path("status").asText().equals("DOWN"));
    assertThat(health().path("details").path("loop").asText()).isEqualTo("ended");
  }
}
