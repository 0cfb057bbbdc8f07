package dev.backfill.github.internal.credential;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.auth.AppIdentity;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.QuotaHeaders;
import dev.backfill.github.internal.throttle.RateGate;
import dev.backfill.github.internal.throttle.RateLimitClassifier;
import dev.backfill.github.internal.throttle.RateLimitSignal;
import dev.backfill.github.internal.transport.ApiAddress;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.BodyText;
import dev.backfill.github.internal.transport.Credentials;
import dev.backfill.github.internal.transport.ErrorBody;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.HttpTransport;
import dev.backfill.github.internal.transport.JsonTrees;
import dev.backfill.github.internal.transport.RawResponse;
import dev.backfill.github.internal.transport.Request;
import dev.backfill.github.internal.transport.ServerClock;
import dev.backfill.github.internal.transport.ServerTime;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a GitHub App's installation: one at a time, renewed before it expires, kept in
 * memory only. Thread-safe; threads that need a token wait while one of them fetches it.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app">GitHub:
 *     installation tokens</a>
 */
public final class InstallationTokens implements TokenSource {

  static final Duration AHEAD = Duration.ofMinutes(5);

  /** GitHub's documented lifetime, used if a response contains none. */
  private static final Duration LIFETIME = Duration.ofHours(1);

  /** The max difference of clocks that cannot be the reason for a refusal. */
  private static final Duration MUCH = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(InstallationTokens.class);
  private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
  private static final String ADVICE = ". Stored items stay. ";

  private final AppIdentity app;
  private final ApiAddress address;
  private final HttpTransport transport;
  private final Credentials credentials;
  private final Principal ofTheApp;
  private final LimitSharing sharing;
  private final LongConsumer found;
  private final TimeSource time;
  private final ServerTime serverTime;
  private final ErrorTranslator failures;
  private final ReentrantLock lock = new ReentrantLock();

  private @Nullable Long installation;
  private volatile @Nullable Held held;

  /**
   * Creates the source. The App's own requests count for a principal of their own, not for the
   * installation.
   *
   * @param found receives the installation's number after it was looked up
   */
  public InstallationTokens(
      AppIdentity app,
      ApiAddress address,
      HttpTransport transport,
      Credentials credentials,
      Principal ofTheApp,
      LimitSharing sharing,
      LongConsumer found,
      TimeSource time,
      ServerTime serverTime) {
    this.app = app;
    this.address = address;
    this.transport = transport;
    this.credentials = credentials;
    this.ofTheApp = ofTheApp;
    this.sharing = sharing;
    this.found = found;
    this.time = time;
    this.serverTime = serverTime;
    this.failures = new ErrorTranslator(credentials);
    this.installation = app.installation();
  }

  private record Held(String token, Instant renewAt, Instant expiresAt) {

    @Override
    public String toString() {
      return "***";
    }
  }

  @Override
  public String token() throws InterruptedException {
    Held now = held;
    if (now != null && time.now().isBefore(now.renewAt())) {
      return now.token();
    }
    lock.lockInterruptibly();
    try {
      now = held;
      if (now == null || !time.now().isBefore(now.renewAt())) {
        now = renewed(now);
        held = now;
      }
      return now.token();
    } finally {
      lock.unlock();
    }
  }

  private Held renewed(@Nullable Held before) throws InterruptedException {
    try {
      return fetch();
    } catch (TransientFailureException e) {
      Instant now = time.now();
      if (before == null || !now.isBefore(before.expiresAt())) {
        throw e;
      }
      LOG.info("The App's token is still valid and is renewed later. Cause: {}", e.getMessage());
      Instant later = now.plus(MUCH);
      return new Held(
          before.token(),
          later.isBefore(before.expiresAt()) ? later : before.expiresAt(),
          before.expiresAt());
    }
  }

  /** Drops a revoked token, so that the repeated request is sent with a new one. */
  @Override
  public boolean mayRepeat(String refused, ErrorBody body) {
    lock.lock();
    try {
      Held now = held;
      if (now != null && now.token().equals(refused)) {
        held = null;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Held fetch() throws InterruptedException {
    long number = installation();
    Request request =
        Request.post(address.resolve("/app/installations/" + number + "/access_tokens"), NOTHING);
    RawResponse raw = request(request);
    JsonNode root = read(raw);
    String token = root.path("token").asText("");
    if (token.isEmpty()) {
      throw malformed(raw);
    }
    credentials.secrets().addPassing(token);
    Instant expiresAt = expiry(root.path("expires_at").asText(""), raw);
    LOG.debug("The token of the App's installation {} is valid until {}", number, expiresAt);
    return new Held(token, expiresAt.minus(AHEAD), expiresAt);
  }

  private Instant expiry(String text, RawResponse raw) {
    Instant now = time.now();
    try {
      Instant local = ServerClock.of(raw.header("date"), now).toLocal(Instant.parse(text));
      return local.isAfter(now.plus(LIFETIME)) ? now.plus(LIFETIME) : local;
    } catch (DateTimeException | ArithmeticException e) {
      return now.plus(LIFETIME);
    }
  }

  private long installation() throws InterruptedException {
    Long known = installation;
    if (known == null) {
      known = onlyInstallation();
      installation = known;
      found.accept(known);
    }
    return known;
  }

  private long onlyInstallation() throws InterruptedException {
    RawResponse raw =
        request(Request.get(address.resolve("/app/installations?per_page=100"), null));
    JsonNode list = read(raw);
    List<String> found = new ArrayList<>();
    for (JsonNode each : list) {
      String account = each.path("account").path("login").asText("?");
      found.add(each.path("id").asLong() + " (" + ErrorBody.oneLine(account) + ")");
    }
    if (!list.isArray()) {
      throw malformed(raw);
    }
    if (found.isEmpty()) {
      throw refused(
          Reason.BAD_CREDENTIALS,
          "The GitHub App is installed nowhere" + ADVICE + "Install it where the repository is.");
    }
    if (found.size() > 1) {
      throw refused(
          Reason.BAD_CREDENTIALS,
          "The GitHub App is installed more than once"
              + ADVICE
              + "Set the installation to use (GITHUB_APP_INSTALLATION_ID), one of "
              + String.join(", ", found)
              + ".");
    }
    long only = list.get(0).path("id").asLong();
    if (only < 1) {
      throw malformed(raw);
    }
    return only;
  }

  /** Sends a request as the App itself. */
  private RawResponse request(Request request) throws InterruptedException {
    for (boolean first = true; ; first = false) {
      Duration assumed = serverTime.ahead();
      RawResponse raw = send(request);
      int status = raw.status();
      ErrorBody body = status < 300 ? ErrorBody.NONE : ErrorBody.of(raw, credentials);
      boolean clockWasWrong =
          serverTime.ahead().minus(assumed).abs().compareTo(MUCH) > 0 && status == 401;
      if (first && clockWasWrong) {
        // GitHub accepts no token from another time; its response contained the present one.
        continue;
      }
      if (status >= 200 && status < 300) {
        return raw;
      }
      throw failure(raw, body);
    }
  }

  private RawResponse send(Request request) throws InterruptedException {
    RateGate gate = ofTheApp.gate(ApiResource.CORE);
    RateGate.Permit permit = gate.acquire(0);
    @Nullable RawResponse raw = null;
    try {
      String jwt = app.key().token(app.id(), serverTime.now());
      credentials.secrets().addPassing(jwt);
      raw = transport.send(request, jwt);
    } finally {
      if (raw == null) {
        gate.abandon();
      }
    }
    serverTime.update(raw);
    Instant now = time.now();
    QuotaHeaders quota = QuotaHeaders.of(request.resource(), raw.headers(), now);
    ErrorBody body = raw.status() < 300 ? ErrorBody.NONE : ErrorBody.of(raw, credentials);
    RateLimitSignal limit =
        RateLimitClassifier.classify(request.resource(), raw.status(), raw.headers(), body, now);
    if (limit != null) {
      RuntimeException failure =
          gate.limited(permit, limit, quota, " " + failures.describe(raw, body));
      sharing.publish(ofTheApp, ApiResource.CORE, ofTheApp.shared(ApiResource.CORE));
      throw failure;
    }
    if (gate.answered(permit, raw.status(), quota)) {
      sharing.recovered(ofTheApp, ApiResource.CORE);
    }
    return raw;
  }

  private RuntimeException failure(RawResponse raw, ErrorBody body) {
    String stated = failures.describe(raw, body) + ADVICE;
    return switch (raw.status()) {
      case 401 ->
          refused(
              Reason.BAD_CREDENTIALS,
              stated
                  + "The GitHub App's id and private key do not belong together, or the key was"
                  + " deleted. Check both (GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY).");
      case 403 ->
          refused(
              Reason.FORBIDDEN,
              stated
                  + "The installation of the GitHub App is suspended or lacks a permission. Ask its"
                  + " owner to change that on GitHub.");
      // Not reported as missing, which would mean the history.
      case 404 ->
          refused(
              Reason.BAD_CREDENTIALS,
              stated
                  + "The GitHub App has no installation with that number. Install it, or correct the"
                  + " number (GITHUB_APP_INSTALLATION_ID).");
      default ->
          ErrorTranslator.isPassing(raw.status()) || raw.status() == 407
              ? failures.of(raw, body)
              : refused(
                  Reason.BAD_CREDENTIALS,
                  stated
                      + "GitHub returns no token for the GitHub App. Check its settings on GitHub.");
    };
  }

  private static PermanentFailureException refused(Reason reason, String message) {
    return new PermanentFailureException(reason, message, null);
  }

  private JsonNode read(RawResponse raw) {
    try (Reader in = new BodyText(raw).open()) {
      return JsonTrees.JSON.readTree(in);
    } catch (IOException e) {
      // Without the cause: the response may contain a token.
      throw malformed(raw);
    }
  }

  private TransientFailureException malformed(RawResponse raw) {
    return new TransientFailureException(
        failures.describe(raw, ErrorBody.NONE)
            + " with a damaged or incomplete body. Stored items stay. Trying again is safe.",
        null);
  }

  @Override
  public String toString() {
    return "***";
  }
}
