package dev.backfill.github.internal.api;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.credential.Credential;
import dev.backfill.github.internal.credential.CredentialPool;
import dev.backfill.github.internal.credential.Refusals;
import dev.backfill.github.internal.credential.RequestPermit;
import dev.backfill.github.internal.credential.TokenOwners;
import dev.backfill.github.internal.credential.TokenSource;
import dev.backfill.github.internal.throttle.QuotaHeaders;
import dev.backfill.github.internal.throttle.RateLimitClassifier;
import dev.backfill.github.internal.throttle.RateLimitSignal;
import dev.backfill.github.internal.transport.ApiAddress;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.Credentials;
import dev.backfill.github.internal.transport.ErrorBody;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.GraphQlBody;
import dev.backfill.github.internal.transport.HttpTransport;
import dev.backfill.github.internal.transport.RawResponse;
import dev.backfill.github.internal.transport.Request;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.ServerTime;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request, with one credential after the other if necessary. It ends with a usable
 * response or when no credential is left. Thread-safe.
 */
public final class RequestSender {

  private final CredentialPool pool;
  private final TokenOwners owners;
  private final HttpTransport transport;
  private final Credentials credentials;
  private final ErrorTranslator failures;
  private final ServerTime serverTime;
  private final TimeSource time;
  private final ApiAddress address;
  private volatile boolean knownApi;

  RequestSender(
      CredentialPool pool,
      TokenOwners owners,
      HttpTransport transport,
      Credentials credentials,
      ServerTime serverTime,
      TimeSource time,
      ApiAddress address) {
    this.pool = pool;
    this.owners = owners;
    this.transport = transport;
    this.credentials = credentials;
    this.failures = new ErrorTranslator(credentials);
    this.serverTime = serverTime;
    this.time = time;
    this.address = address;
  }

  /**
   * A response with its parsed query result.
   *
   * @param raw the response
   * @param graphQl the body of a query's response, or null
   * @param overload the failure of a query that a smaller query may avoid, or null
   */
  record Received(
      RawResponse raw,
      @Nullable GraphQlBody graphQl,
      @Nullable TransientFailureException overload) {}

  /** Returns true if this address has ever answered as an API does. */
  boolean isKnownApi() {
    return knownApi;
  }

  /**
   * A classified response.
   *
   * @param raw the response
   * @param good true if the response is usable
   * @param body the reason why it is not usable
   * @param graphQl the body of a query's response, or null
   * @param quota the quota in its headers, or null
   * @param limit the limit that it reports, or null
   */
  private record ParsedResponse(
      RawResponse raw,
      boolean good,
      ErrorBody body,
      @Nullable GraphQlBody graphQl,
      @Nullable QuotaHeaders quota,
      @Nullable RateLimitSignal limit) {}

  /** Adopts the limits that other processes have met. */
  void refreshLimits(boolean always) throws InterruptedException {
    pool.sharing().refresh(pool, always);
  }

  Received send(Request request, RequestBudget budget) throws InterruptedException {
    refreshLimits(false);
    if (owners.settle()) {
      // The principals are known only now, and other processes may have met their limits.
      refreshLimits(false);
    }
    Refusals refusals = new Refusals();
    while (true) {
      RequestPermit permit = pool.acquire(request, budget.reserve(), refusals);
      Received received = attempt(permit, request, budget, refusals);
      if (received != null) {
        return received;
      }
    }
  }

  /** Makes one attempt; returns null if the request may be sent once more. */
  private @Nullable Received attempt(
      RequestPermit permit, Request request, RequestBudget budget, Refusals refusals)
      throws InterruptedException {
    @Nullable String token;
    ParsedResponse response;
    // Always closed, since an unreleased permit would be lost for good.
    try (permit) {
      token = token(permit.credential());
      budget.spent().increment();
      response = parse(request, transport.send(request, token));
      RateLimitSignal limit = response.limit();
      if (limit != null) {
        RuntimeException failure = permit.limited(limit, response.quota(), detail(response));
        if (request.isWrite() && mayHaveBeenDone(response.raw().status())) {
          throw failures.ofWrite(response.raw(), response.body());
        }
        refusals.limited(permit.principal(), failure);
        return null;
      }
      permit.answered(response.raw().status(), response.quota());
    } catch (NoToken e) {
      refusals.add(permit.credential(), e.failure);
      return null;
    }
    RawResponse raw = response.raw();
    if (raw.status() == 401 && token != null) {
      refuse(request, permit.credential(), token, refusals, response.body(), raw);
      return null;
    }
    if (response.good() && request.resource() == ApiResource.CORE) {
      permit.credential().acceptedByRest();
    }
    if (!knownApi && isWebPage(raw)) {
      throw address.noApi(raw.status(), credentials.redact(raw.uri().getRawPath()));
    }
    if (!response.good()) {
      return refused(request, raw, response.body());
    }
    knownApi |= !RawResponse.REDIRECTS.contains(raw.status());
    if (raw.status() == 304) {
      budget.spent().decrement();
    }
    return new Received(raw, response.graphQl(), null);
  }

  /** Returns the overload of a query, which may be too large; throws any other failure. */
  private Received refused(Request request, RawResponse raw, ErrorBody body) {
    BackfillException failure =
        request.isWrite() ? failures.ofWrite(raw, body) : failures.of(raw, body);
    boolean tooLarge = raw.status() >= 500 || raw.status() == 408;
    if (request.resource() == ApiResource.GRAPHQL
        && tooLarge
        && failure instanceof TransientFailureException overload) {
      return new Received(raw, null, overload);
    }
    throw failure;
  }

  /**
   * Returns true for a response that does not come from an API: an API answers in JSON even if it
   * refuses. An HTML page with a server error is not counted.
   */
  private static boolean isWebPage(RawResponse raw) {
    int status = raw.status();
    boolean about = status < 300 || status >= 400 && !ErrorTranslator.isPassing(status);
    return about && status != 407 && raw.header("content-type").startsWith("text/html");
  }

  /**
   * Returns true if GitHub may have executed a write. A gateway's response does not show that, even
   * if it names a time.
   */
  private static boolean mayHaveBeenDone(int status) {
    return status >= 500 && status != 503;
  }

  private void refuse(
      Request request,
      Credential credential,
      String token,
      Refusals refusals,
      ErrorBody body,
      RawResponse raw) {
    TokenSource source = Objects.requireNonNull(credential.source());
    if (source.mayRepeat(token, body) && refusals.repeat(credential)) {
      return;
    }
    BackfillException failure = failures.of(raw, body);
    if (request.resource() == ApiResource.GRAPHQL && credential.isAcceptedByRest()) {
      pool.quarantineForQueries(credential);
    } else {
      pool.quarantine(credential, failure);
    }
    refusals.add(credential, failure);
  }

  private ParsedResponse parse(Request request, RawResponse raw) {
    serverTime.update(raw);
    Instant now = time.now();
    int status = raw.status();
    boolean good =
        (status >= 200 && status < 300)
            || isEmptyRepository(request, raw)
            || (status == 304 && request.etag() != null)
            || ((request.body() == null || request.isWrite())
                && RawResponse.REDIRECTS.contains(status));
    ErrorBody body = good ? ErrorBody.NONE : ErrorBody.of(raw, credentials);
    GraphQlBody graphQl =
        status == 200 && request.resource() == ApiResource.GRAPHQL
            ? GraphQlBody.read(raw, credentials)
            : null;
    boolean query = status == 200 && request.resource() == ApiResource.GRAPHQL;
    RateLimitSignal limit =
        query
            ? RateLimitClassifier.ofQuery(raw.headers(), graphQl, now)
            : RateLimitClassifier.classify(request.resource(), status, raw.headers(), body, now);
    return new ParsedResponse(
        raw, good, body, graphQl, QuotaHeaders.of(request.resource(), raw.headers(), now), limit);
  }

  /**
   * Returns true for the documented response of an empty repository.
   *
   * @see <a href="https://docs.github.com/en/rest/commits/commits#list-commits">GitHub: 409</a>
   */
  private boolean isEmptyRepository(Request request, RawResponse raw) {
    return raw.status() == 409
        && request.body() == null
        && ErrorBody.of(raw, credentials)
            .message()
            .toLowerCase(Locale.ROOT)
            .contains("repository is empty");
  }

  /** Describes the response that reports a limit. */
  private String detail(ParsedResponse response) {
    GraphQlBody graphQl = response.graphQl();
    return " "
        + failures.describe(
            response.raw(),
            graphQl == null || graphQl.errors().isEmpty()
                ? response.body()
                : new ErrorBody(graphQl.errors().get(0).message(), ""));
  }

  /** Returns the credential's token. If there is none, other credentials are still tried. */
  private @Nullable String token(Credential credential) throws InterruptedException, NoToken {
    TokenSource source = credential.source();
    try {
      return source == null ? null : source.token();
    } catch (PermanentFailureException e) {
      pool.quarantine(credential, e);
      throw new NoToken(e);
    } catch (TransientFailureException | RateLimitedException e) {
      throw new NoToken(e);
    }
  }

  private static final class NoToken extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient RuntimeException failure;

    NoToken(RuntimeException failure) {
      super(failure.getMessage(), failure, false, false);
      this.failure = failure;
    }
  }
}
