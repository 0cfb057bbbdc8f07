package dev.backfill.github.internal.credential;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.json.FieldPlan;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.Values;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.PrincipalKey;
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
import dev.backfill.github.internal.transport.RawResponse;
import dev.backfill.github.internal.transport.Request;
import dev.backfill.github.internal.transport.ServerTime;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which tokens belong to one user and so share one quota. It asks GitHub once, before the
 * first request. If a token is limited then, it asks when the token may be used. Thread-safe.
 *
 * @see <a href="https://docs.github.com/en/rest/users/users#get-the-authenticated-user">GitHub: the
 *     authenticated user</a>
 */
public final class TokenOwners {

  private static final Logger LOG = LoggerFactory.getLogger(TokenOwners.class);
  private static final int MAX_ATTEMPTS = 2;
  private static final FieldPlan USER = FieldPlan.of("id", "login");

  private final CredentialPool pool;
  private final HttpTransport transport;
  private final ApiAddress address;
  private final Credentials credentials;
  private final ServerTime serverTime;
  private final TimeSource time;
  private final ReentrantLock lock = new ReentrantLock();

  private final List<Credential> pending;
  private final Map<Long, Shared> users = new LinkedHashMap<>();
  private volatile boolean settled;

  public TokenOwners(
      CredentialPool pool,
      List<Credential> tokens,
      HttpTransport transport,
      ApiAddress address,
      Credentials credentials,
      ServerTime serverTime,
      TimeSource time) {
    this.pool = pool;
    this.transport = transport;
    this.address = address;
    this.credentials = credentials;
    this.serverTime = serverTime;
    this.time = time;
    this.pending = new ArrayList<>(tokens);
    this.settled = tokens.size() < 2;
  }

  /** The tokens of one user, in their order. */
  private record Shared(String login, List<Credential> tokens) {}

  /** The outcome of one request for an owner. */
  private enum Outcome {
    DONE,
    AGAIN,
    LATER
  }

  /**
   * Fetches the owners of tokens that are unknown and may be used now.
   *
   * @return true if it sent a request
   */
  public boolean settle() throws InterruptedException {
    if (settled) {
      return false;
    }
    lock.lockInterruptibly();
    try {
      TreeSet<Long> reported = new TreeSet<>();
      for (Credential token : List.copyOf(pending)) {
        Outcome outcome = Outcome.AGAIN;
        for (int tries = 1; tries <= MAX_ATTEMPTS && outcome == Outcome.AGAIN; tries++) {
          outcome = fetchOwner(token, tries == MAX_ATTEMPTS, reported);
        }
        if (outcome != Outcome.LATER) {
          pending.remove(token);
        }
      }
      reported.forEach(user -> warn(Objects.requireNonNull(users.get(user))));
      settled = pending.isEmpty();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Outcome fetchOwner(Credential token, boolean last, TreeSet<Long> reported)
      throws InterruptedException {
    RateGate gate = token.principal().gate(ApiResource.CORE);
    if (gate.refusal(0) != null) {
      return Outcome.LATER;
    }
    String text = Objects.requireNonNull(token.source()).token();
    RateGate.Permit permit = gate.acquire(0);
    @Nullable RawResponse raw = null;
    try {
      raw = transport.send(Request.get(address.resolve("/user"), null), text);
    } finally {
      if (raw == null) {
        gate.abandon();
      }
    }
    serverTime.update(raw);
    Instant now = time.now();
    int status = raw.status();
    QuotaHeaders quota = QuotaHeaders.of(ApiResource.CORE, raw.headers(), now);
    ErrorBody body = status == 200 ? ErrorBody.NONE : ErrorBody.of(raw, credentials);
    ErrorTranslator failures = new ErrorTranslator(credentials);
    RateLimitSignal limit =
        RateLimitClassifier.classify(ApiResource.CORE, status, raw.headers(), body, now);
    if (limit != null) {
      RuntimeException failure =
          gate.limited(permit, limit, quota, " " + failures.describe(raw, body));
      LOG.debug("The owner of {} is fetched later. Cause: {}", token.label(), failure.getMessage());
      Principal principal = token.principal();
      SharedLimit shared = pool.change(within -> principal.shared(ApiResource.CORE));
      pool.sharing().publish(principal, ApiResource.CORE, shared);
      return Outcome.LATER;
    }
    gate.answered(permit, status, quota);
    if (status == 200) {
      return join(token, raw, quota, reported) ? Outcome.DONE : Outcome.AGAIN;
    }
    return refused(token, text, last, failures.of(raw, body), body, status);
  }

  private Outcome refused(
      Credential token,
      String text,
      boolean last,
      BackfillException failure,
      ErrorBody body,
      int status) {
    if (status == 401) {
      if (!last && Objects.requireNonNull(token.source()).mayRepeat(text, body)) {
        return Outcome.AGAIN;
      }
      pool.quarantine(token, failure);
    } else if (failure instanceof TransientFailureException) {
      if (!last) {
        return Outcome.AGAIN;
      }
      LOG.warn(
          "The owner of {} cannot be found. The token counts as a quota of its own. Cause: {}",
          token.label(),
          failure.getMessage());
    }
    // Else the token of an installation or a workflow: it belongs to no user.
    return Outcome.DONE;
  }

  private boolean join(
      Credential token, RawResponse raw, @Nullable QuotaHeaders quota, TreeSet<Long> reported)
      throws InterruptedException {
    long id;
    String login;
    try {
      Values user = JsonText.readObject(new BodyText(raw), USER);
      id = user.requiredInteger("id");
      login = ErrorBody.oneLine(credentials.redact(user.textOrEmpty("login")));
    } catch (IOException | InvalidItemException e) {
      LOG.debug(
          "GitHub's response about the owner of {} is malformed: {}",
          token.label(),
          credentials.redact(String.valueOf(e.getMessage())));
      return false;
    }
    Shared shared = users.computeIfAbsent(id, key -> new Shared(login, new ArrayList<>()));
    shared.tokens().add(token);
    Principal principal = shared.tokens().get(0).principal();
    List<String> keys =
        List.of(
            PrincipalKey.ofUser(address, id),
            PrincipalKey.ofToken(Objects.requireNonNull(token.source()).token()));
    principal.knownAs(keys, keys);
    if (shared.tokens().size() > 1) {
      pool.change(
          within -> {
            token.belongsTo(principal);
            principal.gate(ApiResource.CORE).update(quota);
            return null;
          });
      reported.add(id);
    }
    return true;
  }

  private static void warn(Shared shared) {
    List<String> numbers =
        shared.tokens().stream()
            .map(token -> token.label().substring(token.label().lastIndexOf(' ') + 1))
            .collect(Collectors.toCollection(ArrayList::new));
    String last = numbers.remove(numbers.size() - 1);
    LOG.warn(
        "Tokens {} and {} belong to the same user {}: they share one quota, so more than one of"
            + " them adds nothing. Set tokens of different users, or a GitHub App.",
        String.join(", ", numbers),
        last,
        shared.login());
  }
}
