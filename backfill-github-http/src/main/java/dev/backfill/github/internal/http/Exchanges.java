package dev.backfill.github.internal.http;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.time.TimeSource;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request, with one credential after the other if need be, until there is an answer that
 * is good or nobody is left to ask. Safe for any number of threads.
 */
final class Exchanges {

  static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

  private final CredentialPool pool;
  private final Identities identities;
  private final Transport transport;
  private final Credentials credentials;
  private final Failures failures;
  private final ServerTime serverTime;
  private final TimeSource time;

  Exchanges(
      CredentialPool pool,
      Identities identities,
      Transport transport,
      Credentials credentials,
      ServerTime serverTime,
      TimeSource time) {
    this.pool = pool;
    this.identities = identities;
    this.transport = transport;
    this.credentials = credentials;
    this.failures = new Failures(credentials);
    this.serverTime = serverTime;
    this.time = time;
  }

  /** An answer as it came, and what a query's says. */
  record Received(RawResponse raw, @Nullable GraphQlBody graphQl) {}

  /** What an answer means. */
  private record Meaning(boolean good, ErrorBody body, @Nullable GraphQlBody graphQl) {

    /** What it says about why it is no good. */
    ErrorBody said() {
      return graphQl == null || graphQl.errors().isEmpty()
          ? body
          : new ErrorBody(graphQl.errors().get(0).message(), "");
    }
  }

  Received send(Call call, Budget budget) throws InterruptedException {
    identities.settle();
    Refusals refusals = new Refusals();
    while (true) {
      Ticket ticket = pool.acquire(call, budget.reserve(), refusals);
      Received received = attempt(ticket, call, budget, refusals);
      if (received != null) {
        return received;
      }
    }
  }

  /** One try; null when the request may go out once more. */
  private @Nullable Received attempt(Ticket ticket, Call call, Budget budget, Refusals refusals)
      throws InterruptedException {
    @Nullable RawResponse raw = null;
    @Nullable String token = null;
    try {
      token = token(ticket.credential());
      budget.spent().increment();
      raw = transport.send(call, token);
    } catch (NoToken e) {
      refusals.add(ticket.credential(), e.failure);
      return null;
    } finally {
      if (raw == null) {
        ticket.abandon();
      }
    }
    serverTime.learn(raw);
    Instant now = time.now();
    QuotaHeaders quota = QuotaHeaders.of(call.resource(), raw.headers(), now);
    Meaning meaning = meaning(call, raw);
    LimitSignal limit = limit(call, raw, meaning, now);
    if (limit != null) {
      RuntimeException failure =
          ticket.limited(limit, quota, "; " + failures.said(raw, meaning.said()));
      refusals.limited(ticket.principal(), failure);
      return null;
    }
    ticket.answered(raw.status(), quota);
    if (raw.status() == 401 && token != null) {
      refuse(ticket.credential(), token, refusals, meaning.body(), raw);
      return null;
    }
    if (!meaning.good()) {
      throw call.isWrite()
          ? failures.ofWrite(raw, meaning.body())
          : failures.of(raw, meaning.body());
    }
    if (raw.status() == 304) {
      budget.spent().decrement();
    }
    return new Received(raw, meaning.graphQl());
  }

  private void refuse(
      Credential credential, String token, Refusals refusals, ErrorBody body, RawResponse raw) {
    TokenSource source = Objects.requireNonNull(credential.source());
    if (source.mayRepeat(token, body) && refusals.repeat(credential)) {
      return;
    }
    BackfillException failure = failures.of(raw, body);
    pool.quarantine(credential, failure);
    refusals.add(credential, failure);
  }

  private Meaning meaning(Call call, RawResponse raw) {
    int status = raw.status();
    // A 409 on a list is the empty repository's way of having nothing.
    boolean good =
        (status >= 200 && status < 300)
            || (status == 409 && call.body() == null)
            || (status == 304 && call.etag() != null)
            || ((call.body() == null || call.isWrite()) && REDIRECTS.contains(status));
    return new Meaning(
        good,
        good ? ErrorBody.NONE : ErrorBody.of(raw, credentials),
        status == 200 && call.resource() == ApiResource.GRAPHQL
            ? GraphQlBody.read(raw, credentials)
            : null);
  }

  private static @Nullable LimitSignal limit(
      Call call, RawResponse raw, Meaning meaning, Instant now) {
    GraphQlBody graphQl = meaning.graphQl();
    return graphQl != null && graphQl.isLimited()
        ? LimitLadder.classify(call.resource(), true, raw.headers(), now)
        : LimitLadder.classify(call.resource(), raw.status(), raw.headers(), meaning.body(), now);
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
