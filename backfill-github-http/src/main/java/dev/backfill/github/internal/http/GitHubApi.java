package dev.backfill.github.internal.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks GitHub for things: through the gate, with redirects followed as far as they may be, and with
 * every answer that is no good turned into the failure that it means. Safe for any number of
 * threads.
 */
public final class GitHubApi {

  static final int MAX_REDIRECTS = 5;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

  private final ApiAddress address;
  private final Credentials credentials;
  private final Transport transport;
  private final Map<ApiResource, RateGate> gates;
  private final TimeSource time;
  private final Failures failures;

  GitHubApi(
      ApiAddress address,
      Credentials credentials,
      Transport transport,
      Map<ApiResource, RateGate> gates,
      TimeSource time) {
    this.address = address;
    this.credentials = credentials;
    this.transport = transport;
    this.gates = Map.copyOf(gates);
    this.time = time;
    this.failures = new Failures(credentials);
  }

  public ApiAddress address() {
    return address;
  }

  /** Whether queries may be sent: GitHub answers none without a token. */
  public boolean answersQueries() {
    return credentials.isPresent();
  }

  /** What GitHub last said is left, or null when it said nothing. */
  public @Nullable Quota quota(ApiResource resource) {
    return gate(resource).quota();
  }

  /** Whether a request may leave now. */
  public boolean isOpen(ApiResource resource, long reserve) {
    return gate(resource).isOpen(reserve);
  }

  private RateGate gate(ApiResource resource) {
    return Objects.requireNonNull(gates.get(resource));
  }

  public String redact(String text) {
    return credentials.redact(text);
  }

  /**
   * Sends a GET.
   *
   * @param path path and query within the API
   * @return an answer that is good, or says that there is nothing
   * @throws BackfillException for every other one
   */
  public Answer get(String path, Budget budget) throws InterruptedException {
    return follow(Call.get(address.resolve(path), null), budget);
  }

  /**
   * Sends a GET for what may be known already; costs nothing when it is.
   *
   * @param path path and query within the API
   * @param etag the version that is known, or null when none is
   * @return an answer that is good; {@link Answer#isUnchanged} when the known version still holds
   * @throws BackfillException for every other one
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate">GitHub:
   *     conditional requests</a>
   */
  public Answer getIfChanged(String path, @Nullable String etag, Budget budget)
      throws InterruptedException {
    return follow(Call.get(address.resolve(path), etag), budget);
  }

  private Answer follow(Call first, Budget budget) throws InterruptedException {
    Call call = first;
    boolean movedForGood = false;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      RawResponse raw = exchange(call, budget).raw();
      int status = raw.status();
      if (!REDIRECTS.contains(status)) {
        return new Answer(raw, movedForGood, time.now());
      }
      movedForGood |= status == 301 || status == 308;
      call = call.to(redirectTarget(raw));
    }
    throw new TransientFailureException(
        "GitHub redirects "
            + address.relativize(first.uri())
            + " more than "
            + MAX_REDIRECTS
            + " times; what is stored is kept, and trying again is safe",
        null);
  }

  /**
   * Sends a query.
   *
   * @param query its text
   * @param variables what it is asked with
   * @return what it brought, wholly or in part, or why a smaller one may bring something
   * @throws BackfillException when nothing came and a smaller query would not change that
   */
  public GraphQlAnswer query(String query, Map<String, ?> variables, Budget budget)
      throws InterruptedException {
    Call call = Call.query(address.graphQl(), GraphQlBody.request(query, variables));
    Received received;
    try {
      received = exchange(call, budget);
    } catch (TransientFailureException e) {
      boolean reached = e.getCause() == null || e.getCause() instanceof TimeoutException;
      if (reached) {
        return GraphQlAnswer.overloaded(e);
      }
      throw e;
    }
    GraphQlBody body = received.graphQl();
    if (body == null) {
      Answer answer = new Answer(received.raw(), false, time.now());
      return GraphQlAnswer.overloaded(malformed(call.uri().getPath(), answer, null));
    }
    budget.spent().add(body.cost() - 1);
    return new GraphQlAnswer(
        body.data(), body.errors(), received.raw().header("x-github-request-id"), null);
  }

  private URI redirectTarget(RawResponse raw) {
    String location = raw.header("location").strip();
    if (location.isEmpty()) {
      throw failures.of(raw, ErrorBody.NONE);
    }
    URI target;
    try {
      target = raw.uri().resolve(location);
    } catch (IllegalArgumentException e) {
      throw failures.of(raw, ErrorBody.NONE);
    }
    if (!address.hasSameOrigin(target)) {
      throw address.untrusted(target);
    }
    return target;
  }

  /** An answer as it came, and what a query's says. */
  private record Received(RawResponse raw, @Nullable GraphQlBody graphQl) {}

  private Received exchange(Call call, Budget budget) throws InterruptedException {
    RateGate gate = gate(call.resource());
    RateGate.Permit permit = gate.acquire(budget.reserve());
    budget.spent().increment();
    RawResponse raw = send(gate, call);
    Instant now = time.now();
    int status = raw.status();
    QuotaHeaders quota = QuotaHeaders.of(raw.headers(), now);
    boolean unchanged = status == 304 && call.etag() != null;
    // A 409 on a list is the empty repository's way of having nothing.
    boolean good =
        (status >= 200 && status < 300)
            || status == 409
            || unchanged
            || (call.body() == null && REDIRECTS.contains(status));
    ErrorBody body = good ? ErrorBody.NONE : ErrorBody.of(raw, credentials);
    GraphQlBody graphQl =
        status == 200 && call.body() != null ? GraphQlBody.read(raw, credentials) : null;
    LimitSignal limit =
        graphQl != null && graphQl.isLimited()
            ? LimitLadder.classify(true, raw.headers(), now)
            : LimitLadder.classify(status, raw.headers(), body, now);
    if (limit != null) {
      throw gate.limited(permit, limit, quota, "; " + failures.said(raw, body));
    }
    gate.answered(permit, status, quota);
    if (!good) {
      throw failures.of(raw, body);
    }
    if (unchanged) {
      budget.spent().decrement();
    }
    return new Received(raw, graphQl);
  }

  private RawResponse send(RateGate gate, Call call) throws InterruptedException {
    @Nullable RawResponse raw = null;
    try {
      raw = transport.send(call);
      return raw;
    } finally {
      if (raw == null) {
        gate.abandon();
      }
    }
  }

  /** What can be done about a good status with a body that is no good. */
  public TransientFailureException malformed(
      String path, Answer answer, @Nullable Exception cause) {
    return new TransientFailureException(
        "GitHub's answer for "
            + path
            + (answer.isHtml() ? " is a web page instead of JSON" : " is damaged or incomplete")
            + (answer.requestId().isEmpty() ? "" : " (request " + answer.requestId() + ")")
            + "; what is stored is kept, and trying again is safe",
        // The parser's message quotes the answer, which is none of a log's business.
        cause instanceof JsonProcessingException ? null : credentials.shown(cause));
  }
}
