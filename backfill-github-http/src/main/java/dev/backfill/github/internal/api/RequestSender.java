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
 * Sends one request, with one credential after the other if need be, until there is an answer that
 * is good or nobody is left to ask. Safe for any number of threads.
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
   * An answer as it came.
   *
   * @param raw the answer
   * @param graphQl what a query's says, or null
   * @param overload the failure of a query that a smaller one may not have, or null
   */
  record Received(
      RawResponse raw,
      @Nullable GraphQlBody graphQl,
      @Nullable TransientFailureException overload) {}

  /** Whether this address has ever answered as an API does. */
  boolean isKnownApi() {
    return knownApi;
  }

  /**
   * What an answer means.
   *
   * @param raw the answer
   * @param good whether it is one
   * @param body what it says about why it is no good
   * @param graphQl what a query's answer says, or null
   * @param quota what it says about the quota, or null
   * @param limit the limit that it tells of, or null
   */
  private record ParsedResponse(
      RawResponse raw,
      boolean good,
      ErrorBody body,
      @Nullable GraphQlBody graphQl,
      @Nullable QuotaHeaders quota,
      @Nullable RateLimitSignal limit) {}

  /** Takes over what other processes have met. */
  void refreshLimits(boolean always) throws InterruptedException {
    pool.sharing().refresh(pool, always);
  }

  Received send(Request request, RequestBudget budget) throws InterruptedException {
    refreshLimits(false);
    if (owners.settle()) {
      // Who asks is known only now, and others may have met a limit of theirs.
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

  /** One try; null when the request may go out once more. */
  private @Nullable Received attempt(
      RequestPermit permit, Request request, RequestBudget budget, Refusals refusals)
      throws InterruptedException {
    @Nullable String token;
    ParsedResponse response;
    // Closed whatever happens, since a place that is never left again is lost.
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

  /** A query that the server fails on may be too large; whatever else is no good is a failure. */
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

  /** An API answers in JSON also when it refuses; a page with a server's error passes. */
  private static boolean isWebPage(RawResponse raw) {
    int status = raw.status();
    boolean about = status < 300 || status >= 400 && !ErrorTranslator.isPassing(status);
    return about && status != 407 && raw.header("content-type").startsWith("text/html");
  }

  /** A gateway's answer says nothing of what was done behind it, also when it names a time. */
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
   * The documented way of an empty repository to have nothing.
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

  /** What an answer says about the limit that it tells of. */
  private String detail(ParsedResponse response) {
    GraphQlBody graphQl = response.graphQl();
    return "; "
        + failures.describe(
            response.raw(),
            graphQl == null || graphQl.errors().isEmpty()
                ? response.body()
                : new ErrorBody(graphQl.errors().get(0).message(), ""));
  }

  /** A credential without a token is no reason not to try another one. */
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
