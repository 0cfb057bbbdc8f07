package dev.backfill.github.internal.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.time.TimeSource;
import java.net.URI;
import java.time.Instant;
import java.util.Set;
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
  private final RateGate gate;
  private final TimeSource time;
  private final Failures failures;

  GitHubApi(
      ApiAddress address,
      Credentials credentials,
      Transport transport,
      RateGate gate,
      TimeSource time) {
    this.address = address;
    this.credentials = credentials;
    this.transport = transport;
    this.gate = gate;
    this.time = time;
    this.failures = new Failures(credentials);
  }

  public ApiAddress address() {
    return address;
  }

  public RateGate gate() {
    return gate;
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
    URI uri = address.resolve(path);
    boolean movedForGood = false;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      RawResponse raw = exchange(uri, budget);
      int status = raw.status();
      if (!REDIRECTS.contains(status)) {
        return new Answer(raw, movedForGood, time.now());
      }
      movedForGood |= status == 301 || status == 308;
      uri = redirectTarget(raw);
    }
    throw new TransientFailureException(
        "GitHub redirects "
            + path
            + " more than "
            + MAX_REDIRECTS
            + " times; what is stored is kept, and trying again is safe",
        null);
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

  private RawResponse exchange(URI uri, Budget budget) throws InterruptedException {
    RateGate.Permit permit = gate.acquire(budget.reserve());
    budget.spent().increment();
    RawResponse raw = send(uri);
    Instant now = time.now();
    int status = raw.status();
    QuotaHeaders quota = QuotaHeaders.of(raw.headers(), now);
    // A 409 on a list is the empty repository's way of having nothing.
    boolean good = (status >= 200 && status < 300) || status == 409 || REDIRECTS.contains(status);
    ErrorBody body = good ? ErrorBody.NONE : ErrorBody.of(raw, credentials);
    LimitSignal limit = LimitLadder.classify(status, raw.headers(), body, now);
    if (limit != null) {
      throw gate.limited(permit, limit, quota, "; " + failures.said(raw, body));
    }
    gate.answered(permit, status, quota);
    if (!good) {
      throw failures.of(raw, body);
    }
    return raw;
  }

  private RawResponse send(URI uri) throws InterruptedException {
    @Nullable RawResponse raw = null;
    try {
      raw = transport.get(uri);
      return raw;
    } finally {
      if (raw == null) {
        gate.abandon();
      }
    }
  }

  /** What can be done about a good status with a body that is no good. */
  public TransientFailureException malformed(String path, Answer answer, Exception cause) {
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
