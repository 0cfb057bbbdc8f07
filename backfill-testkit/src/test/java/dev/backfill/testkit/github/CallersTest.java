package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Client.Reply;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may ask a simulated GitHub, over real HTTP. */
class CallersTest {

  private static final String REPOSITORY = "/repos/sim/repo";
  private static final String TOKENS = "/app/installations/77/access_tokens";
  private static final KeyPair KEYS = keys();

  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(250).isPrivate(true).build();
  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .timeSource(time)
          .token("one", "mona")
          .token("two", "mona")
          .token("good", "hubot")
          .app(SimulatedApp.of(4, 77, KEYS.getPublic()))
          .start();
  private final Client client = new Client(github);

  @AfterEach
  void close() {
    github.close();
  }

  @Test
  void theTokensOfOneUserShareAQuota() throws Exception {
    client.get(REPOSITORY, "Authorization", "bearer one");
    assertThat(get("two").header("x-ratelimit-remaining")).isEqualTo("4998");
    assertThat(get("good").header("x-ratelimit-remaining")).isEqualTo("4999");
    Map<String, Object> user = client.get("/user", "Authorization", "bearer two").object();
    assertThat(user).containsEntry("login", "mona").containsKey("id");
    assertThat(client.get("/user").status()).isEqualTo(401);
    assertThat(client.query("{ viewer { login } }").at("data", "viewer", "login"))
        .isEqualTo("hubot");
  }

  @Test
  void aRevokedTokenIsNotGoodAnyMore() throws Exception {
    github.revoke("one");
    Reply refused = get("one");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.object()).containsEntry("message", "Bad credentials");
    assertThat(get("two").status()).isEqualTo(200);
  }

  @Test
  void anAppGetsTokensThatEnd() throws Exception {
    long now = time.now().getEpochSecond();
    String jwt = jwt("4", now - 60, now + 500);
    Reply installation =
        client.get("/repos/sim/repo/installation", "Authorization", "Bearer " + jwt);
    assertThat(installation.object()).containsEntry("id", 77L);
    assertThat(client.get("/app/installations", "Authorization", "Bearer " + jwt).list())
        .singleElement()
        .isEqualTo(installation.object());
    Reply made = client.post(TOKENS, new byte[0], "Authorization", "Bearer " + jwt);
    assertThat(made.status()).isEqualTo(201);
    String token = (String) made.object().get("token");
    assertThat(token).startsWith("ghs_");
    assertThat(made.object())
        .containsEntry("expires_at", "2026-01-01T01:00:00Z")
        .containsEntry("repository_selection", "all");
    assertThat(get(token).header("x-ratelimit-remaining")).isEqualTo("4999");
    assertThat(client.get("/user", "Authorization", "bearer " + token).status()).isEqualTo(403);
    time.advance(Duration.ofHours(1));
    assertThat(get(token).status()).isEqualTo(401);
  }

  @Test
  void aJwtIsChecked() throws Exception {
    long now = time.now().getEpochSecond();
    assertThat(token(jwt("Iv1.sim", now, now + 600))).isEqualTo(201);
    assertThat(token(jwt("5", now, now + 60))).isEqualTo(401);
    assertThat(token(jwt("4", now, now + 601))).isEqualTo(401);
    assertThat(token(jwt("4", now, now))).isEqualTo(401);
    assertThat(token(jwt("4", now + 61, now + 300))).isEqualTo(401);
    assertThat(token(jwt("4", now, now + 60) + "AA")).isEqualTo(401);
    assertThat(token("one")).isEqualTo(401);
    String good = jwt("4", now, now + 60);
    assertThat(
            client
                .post(
                    "/app/installations/78/access_tokens",
                    new byte[0],
                    "Authorization",
                    "Bearer " + good)
                .status())
        .isEqualTo(404);
  }

  @Test
  void tooManyAtOnceAreLimited() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (SimulatedGitHub narrow =
        SimulatedGitHub.builder()
            .repository(repository)
            .concurrency(1, Duration.ofSeconds(30))
            .start()) {
      Client other = new Client(narrow);
      narrow.afterRequests(
          1,
          () -> {
            inside.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      Future<Reply> slow =
          threads.submit(() -> other.get(REPOSITORY, "Authorization", "bearer good"));
      inside.await();
      Reply limited = other.get(REPOSITORY, "Authorization", "bearer good");
      goOn.countDown();
      assertThat(slow.get().status()).isEqualTo(200);
      assertThat(limited.status()).isEqualTo(403);
      assertThat(limited.header("retry-after")).isEqualTo("30");
      assertThat(narrow.mostConcurrent()).isEqualTo(2);
      assertThat(other.get(REPOSITORY, "Authorization", "bearer other").status()).isEqualTo(200);
    } finally {
      threads.shutdownNow();
    }
  }

  private Reply get(String token) throws Exception {
    return client.get(REPOSITORY, "Authorization", "bearer " + token);
  }

  private int token(String jwt) throws Exception {
    return client.post(TOKENS, new byte[0], "Authorization", "Bearer " + jwt).status();
  }

  private static String jwt(String issuer, long from, long to) throws Exception {
    String claims = "{\"iss\":\"%s\",\"iat\":%d,\"exp\":%d}".formatted(issuer, from, to);
    String signed = encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + encoded(claims);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(KEYS.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
