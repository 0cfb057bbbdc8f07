package dev.backfill.github.internal.transport;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Translates unusable responses into failures with messages for users. */
public final class ErrorTranslator {

  /** The effect of a write whose response is unusable. */
  public static final String PERHAPS =
      "; it may have been done all the same, and is not repeated before that is known";

  private static final String ISSUES_OFF =
      ": issues are switched off there; switch them on, or name another repository";

  private static final int REQUEST_TIMEOUT = 408;

  private static final Set<Integer> PUT_OFF = Set.of(REQUEST_TIMEOUT, 421, 423, 425, 429);

  private static final String KEPT = "; what is stored is kept: ";

  private final Credentials credentials;

  public ErrorTranslator(Credentials credentials) {
    this.credentials = credentials;
  }

  /**
   * Returns true if a status is transient: a server's error, or a request that was too slow, too
   * early, on the wrong connection, or for something locked.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15.5">RFC 9110: 4xx</a>
   */
  public static boolean isPassing(int status) {
    return status >= 500 || status < 400 || PUT_OFF.contains(status);
  }

  /**
   * Returns true if a failure may be transient: a 404, or a 403 without a reason. A server sends
   * them while it is being changed.
   */
  public static boolean isDoubtful(PermanentFailureException failure) {
    return failure.reason() == Reason.NOT_FOUND
        || failure.reason() == Reason.FORBIDDEN
            && String.valueOf(failure.getMessage()).startsWith("GitHub answers 403 for ");
  }

  public BackfillException of(RawResponse raw, ErrorBody body) {
    int status = raw.status();
    return switch (status) {
      case 400, 422 -> permanent(Reason.INVALID_REQUEST, raw, body, KEPT + invalidAdvice(body));
      case 401 -> permanent(Reason.BAD_CREDENTIALS, raw, body, KEPT + credentialsAdvice());
      case 403 -> permanent(Reason.FORBIDDEN, raw, body, KEPT + permissionAdvice(raw, body));
      case 404 -> permanent(Reason.NOT_FOUND, raw, body, notFoundAdvice());
      case 407 ->
          permanent(
              Reason.FORBIDDEN,
              raw,
              body,
              KEPT
                  + "the proxy wants credentials; give the address of the proxy with a user name"
                  + " and a password, such as HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT");
      case 410 ->
          permanent(
              Reason.GONE,
              raw,
              body,
              String.valueOf(raw.uri().getRawPath()).endsWith("/issues")
                  ? ISSUES_OFF
                  : KEPT + "this has been switched off or deleted on GitHub");
      case 451 ->
          permanent(
              Reason.LEGALLY_BLOCKED,
              raw,
              body,
              KEPT + "the repository is blocked for legal reasons and cannot be read");
      default ->
          isPassing(status) || status == 409
              ? new TransientFailureException(
                  describe(raw, body) + "; what is stored is kept, and trying again is safe", null)
              : permanent(
                  Reason.INVALID_REQUEST,
                  raw,
                  body,
                  KEPT + "this version of backfill does not know that answer, please report it");
    };
  }

  /** Creates the failure for a response that refuses a write. */
  public BackfillException ofWrite(RawResponse raw, ErrorBody body) {
    if (raw.status() >= 500 || raw.status() == REQUEST_TIMEOUT) {
      return new TransientFailureException(describe(raw, body) + PERHAPS, null);
    }
    if (raw.status() == 409 || PUT_OFF.contains(raw.status())) {
      return new TransientFailureException(
          describe(raw, body) + "; nothing was changed, and trying again later is safe", null);
    }
    String advice =
        switch (raw.status()) {
          case 403, 404 ->
              ": the token may not write there, or it does not exist; a workflow is dispatched with"
                  + " the permission Actions: write, an issue opened with Issues: write";
          case 410 -> ISSUES_OFF;
          case 422 ->
              ": GitHub does not accept it, and asking again does not help; check the workflow's"
                  + " inputs, its workflow_dispatch trigger, and the ref";
          default -> null;
        };
    if (advice == null) {
      return of(raw, body);
    }
    Reason reason =
        switch (raw.status()) {
          case 403 -> Reason.FORBIDDEN;
          case 404 -> Reason.NOT_FOUND;
          case 410 -> Reason.GONE;
          default -> Reason.INVALID_REQUEST;
        };
    return permanent(reason, raw, body, advice);
  }

  private PermanentFailureException permanent(
      Reason reason, RawResponse raw, ErrorBody body, String advice) {
    return new PermanentFailureException(reason, describe(raw, body) + advice, null);
  }

  public String describe(RawResponse raw, ErrorBody body) {
    String path = credentials.redact(String.valueOf(raw.uri().getRawPath()));
    return "GitHub answers "
        + raw.status()
        + (body.message().isEmpty() ? "" : " \"" + body.message() + "\"")
        + " for "
        + path
        + requestId(raw.header("x-github-request-id"));
  }

  private String requestId(String id) {
    return id.isEmpty() ? "" : " (request " + credentials.redact(id) + ")";
  }

  private String credentialsAdvice() {
    if (credentials.count() > 1) {
      return "none of the "
          + credentials.count()
          + " credentials is accepted, all are wrong, expired or revoked; give valid ones"
          + " (GITHUB_TOKEN, GITHUB_TOKENS, GITHUB_APP_ID)";
    }
    return credentials.isPresent()
        ? "the token is wrong, expired or revoked, give a valid one (GITHUB_TOKEN)"
        : "this server wants a token, give one (GITHUB_TOKEN)";
  }

  private String notFoundAdvice() {
    return credentials.isPresent()
        ? ": it does not exist or the token cannot see it; what is stored is kept: check the name"
            + " and what the token may read"
        : ": it does not exist or is private; what is stored is kept: check the name, and give a"
            + " token (GITHUB_TOKEN) if it is private";
  }

  private String permissionAdvice(RawResponse raw, ErrorBody body) {
    List<String> advice = new ArrayList<>();
    String sso = raw.header("x-github-sso");
    if (!sso.isEmpty()) {
      advice.add(
          "the organisation wants the token to be authorised for single sign-on (" + sso + ")");
    }
    String permissions = raw.header("x-accepted-github-permissions");
    if (!permissions.isEmpty()) {
      advice.add("the token needs the permission " + permissions);
    }
    if (body.message().toLowerCase(Locale.ROOT).contains("ip allow list")) {
      advice.add("the organisation's IP allow list does not have this machine's address");
    }
    if (advice.isEmpty()) {
      advice.add(
          credentials.isPresent()
              ? "the token may not read this, give it the permission or use another one"
              : "this cannot be read without a token, give one (GITHUB_TOKEN)");
    }
    return credentials.redact(String.join(", and ", advice));
  }

  private static String invalidAdvice(ErrorBody body) {
    return body.message().toLowerCase(Locale.ROOT).contains("pagination")
        ? "GitHub does not hand out this list any further by page numbers,"
            + " and asking again does not help; please report this"
        : "GitHub does not accept the request, and asking again does not help; please report this";
  }

  /** Returns true if a failure may concern one item only, while others can be read. */
  public static boolean isOfOneItem(PermanentFailureException failure) {
    return switch (failure.reason()) {
      case NOT_FOUND, GONE, FORBIDDEN, INVALID_REQUEST, LEGALLY_BLOCKED -> true;
      default -> false;
    };
  }
}
