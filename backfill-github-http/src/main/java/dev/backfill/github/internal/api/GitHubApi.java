package dev.backfill.github.internal.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.credential.CredentialPool;
import dev.backfill.github.internal.throttle.WritePauses;
import dev.backfill.github.internal.transport.ApiAddress;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.BoundedBody.BodyTooLargeException;
import dev.backfill.github.internal.transport.Credentials;
import dev.backfill.github.internal.transport.ErrorBody;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.GraphQlBody;
import dev.backfill.github.internal.transport.RawResponse;
import dev.backfill.github.internal.transport.Request;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
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
  private final RequestSender sender;
  private final TimeSource time;
  private final ErrorTranslator failures;
  private final WritePauses pauses;
  private volatile boolean namesVersions;

  GitHubApi(
      ApiAddress address,
      Credentials credentials,
      CredentialPool pool,
      RequestSender sender,
      TimeSource time) {
    this.address = address;
    this.credentials = credentials;
    this.pool = pool;
    this.sender = sender;
    this.time = time;
    this.failures = new ErrorTranslator(credentials);
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
    sender.refreshLimits(true);
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
  public Response get(String path, RequestBudget budget) throws InterruptedException {
    return follow(Request.get(address.resolve(path), null), budget);
  }

  /**
   * Sends a GET for what may be known already; costs nothing when it is.
   *
   * @param path path and query within the API
   * @param etag the version that is known, or null when none is
   * @return an answer that is good; {@link Response#isUnchanged} when the known version still holds
   * @throws BackfillException for every other one
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate">GitHub:
   *     conditional requests</a>
   */
  public Response getIfChanged(String path, @Nullable String etag, RequestBudget budget)
      throws InterruptedException {
    return follow(Request.get(address.resolve(path), etag), budget);
  }

  private Response follow(Request first, RequestBudget budget) throws InterruptedException {
    Request request = first;
    boolean movedForGood = false;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      RawResponse raw = sender.send(request, budget).raw();
      int status = raw.status();
      if (!RawResponse.REDIRECTS.contains(status)) {
        Response response = new Response(raw, movedForGood, time.now());
        namesVersions |= response.etag() != null;
        return response;
      }
      movedForGood |= status == 301 || status == 308;
      request = request.to(redirectTarget(raw));
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
  public GraphQlResponse query(String query, Map<String, ?> variables, RequestBudget budget)
      throws InterruptedException {
    Request request = Request.query(address.graphQl(), GraphQlBody.request(query, variables));
    RequestSender.Received received;
    try {
      received = sender.send(request, budget);
    } catch (TransientFailureException e) {
      // An answer that tells of too much work is below; this one may be about a token, too.
      if (e.getCause() != null && isOverload(e)) {
        return GraphQlResponse.overloaded(e);
      }
      throw e;
    }
    TransientFailureException overload = received.overload();
    if (overload != null) {
      return GraphQlResponse.overloaded(overload);
    }
    GraphQlBody body = received.graphQl();
    Response response = new Response(received.raw(), false, time.now());
    if (body == null) {
      return GraphQlResponse.overloaded(malformed(request.uri().getPath(), response, null));
    }
    budget.spent().add(body.cost() - 1);
    return new GraphQlResponse(
        body.data(),
        body.errors(),
        body.bytes(),
        response.requestId(),
        response.serverTime(),
        null);
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
  public Response post(String path, byte[] body, RequestBudget budget) throws InterruptedException {
    return write(Request.post(address.resolve(path), body), budget);
  }

  /** Changes something at GitHub, as {@link #post} makes it. */
  public Response patch(String path, byte[] body, RequestBudget budget)
      throws InterruptedException {
    return write(Request.patch(address.resolve(path), body), budget);
  }

  private Response write(Request request, RequestBudget budget) throws InterruptedException {
    pauses.await();
    return follow(request, budget);
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
      throw sender.isKnownApi() ? e : address.leadsAway(target);
    }
  }

  /** What can be done about a good status with a body that is no good. */
  public TransientFailureException malformed(
      String path, Response response, @Nullable Exception cause) {
    return new TransientFailureException(
        damaged(path, response) + "; what is stored is kept, and trying again is safe",
        shown(cause));
  }

  /** As {@link #malformed}, when what was asked for was to change something. */
  public TransientFailureException malformedAfterWrite(
      String path, Response response, @Nullable Exception cause) {
    return new TransientFailureException(
        damaged(path, response) + ErrorTranslator.PERHAPS, shown(cause));
  }

  private static String damaged(String path, Response response) {
    return "GitHub's answer for "
        + path
        + (response.isHtml() ? " is a web page instead of JSON" : " is damaged or incomplete")
        + (response.requestId().isEmpty() ? "" : " (request " + response.requestId() + ")");
  }

  /** The parser's message quotes the answer, which is none of a log's business. */
  private @Nullable Throwable shown(@Nullable Exception cause) {
    return cause instanceof JsonProcessingException ? null : credentials.shown(cause);
  }
}
