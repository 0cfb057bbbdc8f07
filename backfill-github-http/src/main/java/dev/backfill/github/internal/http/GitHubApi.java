package dev.backfill.github.internal.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.http.BoundedBody.BodyTooLargeException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks GitHub for things: through the gates, with redirects followed as far as they may be, and
 * with every answer that is no good turned into the failure that it means. Safe for any number of
 * threads.
 */
public final class GitHubApi {

  static final int MAX_REDIRECTS = 5;

  private final ApiAddress address;
  private final Credentials credentials;
  private final CredentialPool pool;
  private final Exchanges exchanges;
  private final TimeSource time;
  private final Failures failures;
  private final WritePauses pauses;
  private volatile boolean namesVersions;

  GitHubApi(
      ApiAddress address,
      Credentials credentials,
      CredentialPool pool,
      Exchanges exchanges,
      TimeSource time) {
    this.address = address;
    this.credentials = credentials;
    this.pool = pool;
    this.exchanges = exchanges;
    this.time = time;
    this.failures = new Failures(credentials);
    this.pauses = new WritePauses(time);
  }

  public ApiAddress address() {
    return address;
  }

  /** Whether queries may be sent: GitHub answers none without a token. */
  public boolean answersQueries() {
    return credentials.isPresent();
  }

  /**
   * What GitHub last said is left, or null when it said nothing. Of several principals it is the
   * sum over those that can be used and have said so; it ends when the first window ends in which
   * something was used.
   */
  public @Nullable Quota quota(ApiResource resource) {
    return pool.quota(resource);
  }

  /** Whether a request may leave now. */
  public boolean isOpen(ApiResource resource, Reserve reserve) {
    return pool.isOpen(resource, reserve);
  }

  /** Whether this server has given a version ({@code ETag}) to an answer, as GitHub does. */
  public boolean namesVersions() {
    return namesVersions;
  }

  /**
   * Takes over the limits that other processes have met for these principals; for the beginning of
   * a session. Asks GitHub nothing, and fails for nothing.
   */
  public void refreshLimits() throws InterruptedException {
    exchanges.refreshLimits(true);
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
      RawResponse raw = exchanges.send(call, budget).raw();
      int status = raw.status();
      if (!Exchanges.REDIRECTS.contains(status)) {
        Answer answer = new Answer(raw, movedForGood, time.now());
        namesVersions |= answer.etag() != null;
        return answer;
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
    Exchanges.Received received;
    try {
      received = exchanges.send(call, budget);
    } catch (TransientFailureException e) {
      // An answer that tells of too much work is below; this one may be about a token, too.
      if (e.getCause() != null && isOverload(e)) {
        return GraphQlAnswer.overloaded(e);
      }
      throw e;
    }
    TransientFailureException overload = received.overload();
    if (overload != null) {
      return GraphQlAnswer.overloaded(overload);
    }
    GraphQlBody body = received.graphQl();
    Answer answer = new Answer(received.raw(), false, time.now());
    if (body == null) {
      return GraphQlAnswer.overloaded(malformed(call.uri().getPath(), answer, null));
    }
    budget.spent().add(body.cost() - 1);
    return new GraphQlAnswer(
        body.data(), body.errors(), body.bytes(), answer.requestId(), answer.serverTime(), null);
  }

  /** Whether GitHub has answered with a failure, or not in time, so that less may work. */
  public static boolean isOverload(TransientFailureException failure) {
    Throwable cause = failure.getCause();
    return cause == null
        || cause instanceof TimeoutException
        || cause instanceof BodyTooLargeException;
  }

  /**
   * Whether an answer was on its way when the connection ended. Once it may be anything; again, it
   * may be that something on the way does not let so much through.
   */
  public static boolean isBrokenOff(TransientFailureException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof IOException
        && !(cause instanceof ConnectException
            || cause instanceof HttpConnectTimeoutException
            || cause instanceof SSLException);
  }

  /**
   * Makes something at GitHub. Never repeated by itself, since an answer may be lost after it was
   * made, but follows a redirect within the API; a second lies between two writes of a client.
   *
   * @param path path and query within the API
   * @param body what to send, as JSON
   * @return an answer that is good
   * @throws BackfillException for every other one
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests">GitHub:
   *     pausing between writes</a>
   */
  public Answer post(String path, byte[] body, Budget budget) throws InterruptedException {
    return write(Call.post(address.resolve(path), body), budget);
  }

  /** Changes something at GitHub, as {@link #post} makes it. */
  public Answer patch(String path, byte[] body, Budget budget) throws InterruptedException {
    return write(Call.patch(address.resolve(path), body), budget);
  }

  private Answer write(Call call, Budget budget) throws InterruptedException {
    pauses.await();
    return follow(call, budget);
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
    try {
      return address.redirected(target, raw.uri());
    } catch (PermanentFailureException e) {
      throw exchanges.isKnownApi() ? e : address.leadsAway(target);
    }
  }

  /** What can be done about a good status with a body that is no good. */
  public TransientFailureException malformed(
      String path, Answer answer, @Nullable Exception cause) {
    return new TransientFailureException(
        damaged(path, answer) + "; what is stored is kept, and trying again is safe", shown(cause));
  }

  /** As {@link #malformed}, when what was asked for was to change something. */
  public TransientFailureException malformedAfterWrite(
      String path, Answer answer, @Nullable Exception cause) {
    return new TransientFailureException(damaged(path, answer) + Failures.PERHAPS, shown(cause));
  }

  private static String damaged(String path, Answer answer) {
    return "GitHub's answer for "
        + path
        + (answer.isHtml() ? " is a web page instead of JSON" : " is damaged or incomplete")
        + (answer.requestId().isEmpty() ? "" : " (request " + answer.requestId() + ")");
  }

  /** The parser's message quotes the answer, which is none of a log's business. */
  private @Nullable Throwable shown(@Nullable Exception cause) {
    return cause instanceof JsonProcessingException ? null : credentials.shown(cause);
  }
}
