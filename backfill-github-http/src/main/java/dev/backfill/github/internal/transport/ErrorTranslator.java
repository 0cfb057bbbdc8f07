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
      ". It may have been done all the same, and is not repeated before that is known.";

  private static final String ISSUES_OFF =
      ". Issues are switched off there. Switch them on, or use another repository.";

  private static final int REQUEST_TIMEOUT = 408;

  private static final Set<Integer> PUT_OFF = Set.of(REQUEST_TIMEOUT, 421, 423, 425, 429);

  private static final String KEPT = ". Stored items stay. ";

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
                  + "The proxy requires credentials. Set the address of the proxy with a user name"
                  + " and a password, such as HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT.");
      case 410 ->
          permanent(
              Reason.GONE,
              raw,
              body,
              String.valueOf(raw.uri().getRawPath()).endsWith("/issues")
                  ? ISSUES_OFF
                  : KEPT + "This has been switched off or deleted on GitHub.");
      case 451 ->
          permanent(
              Reason.LEGALLY_BLOCKED,
              raw,
              body,
              KEPT + "The repository is blocked for legal reasons and cannot be read.");
      default ->
          isPassing(status) || status == 409
              ? new TransientFailureException(
                  describe(raw, body) + ". Stored items stay. Trying again is safe.", null)
              : permanent(
                  Reason.INVALID_REQUEST,
                  raw,
                  body,
                  KEPT + "This version of backfill does not know that response, please report it.");
    };
  }

  /** Creates the failure for a response that refuses a write. */
  public BackfillException ofWrite(RawResponse raw, ErrorBody body) {
    if (raw.status() >= 500 || raw.status() == REQUEST_TIMEOUT) {
      return new TransientFailureException(describe(raw, body) + PERHAPS, null);
    }
    if (raw.status() == 409 || PUT_OFF.contains(raw.status())) {
      return new TransientFailureException(
          describe(raw, body) + ". Nothing was changed. Trying again later is safe.", null);
    }
    String advice =
        switch (raw.status()) {
          case 403, 404 ->
              ". The token may not write there, or it does not exist. A workflow needs"
                  + " the permission Actions: write, an issue needs Issues: write.";
          case 410 -> ISSUES_OFF;
          case 422 ->
              ". GitHub does not accept it, and trying again does not help. Check the workflow's"
                  + " inputs, its workflow_dispatch trigger, and the ref.";
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
      return "None of the "
          + credentials.count()
          + " credentials is accepted: all are wrong, expired or revoked. Set valid ones"
          + " (GITHUB_TOKEN, GITHUB_TOKENS, GITHUB_APP_ID).";
    }
    return credentials.isPresent()
        ? "The token is wrong, expired or revoked. Set a valid one (GITHUB_TOKEN)."
        : "This server requires a token. Set one (GITHUB_TOKEN).";
  }

  private String notFoundAdvice() {
    return credentials.isPresent()
        ? KEPT
            + "It does not exist or the token cannot see it: check the name"
            + " and what the token may read."
        : KEPT
            + "It does not exist or is private: check the name, and set a"
            + " token (GITHUB_TOKEN) if it is private.";
  }

  private String permissionAdvice(RawResponse raw, ErrorBody body) {
    List<String> advice = new ArrayList<>();
    String sso = raw.header("x-github-sso");
    if (!sso.isEmpty()) {
      advice.add(
          "The organisation requires the token to be authorised for single sign-on (" + sso + ").");
    }
    String permissions = raw.header("x-accepted-github-permissions");
    if (!permissions.isEmpty()) {
      advice.add("The token needs the permission " + permissions + ".");
    }
    if (body.message().toLowerCase(Locale.ROOT).contains("ip allow list")) {
      advice.add("The organisation's IP allow list does not have this machine's address.");
    }
    if (advice.isEmpty()) {
      advice.add(
          credentials.isPresent()
              ? "The token may not read this. Give it the permission or use another one."
              : "This cannot be read without a token. Set one (GITHUB_TOKEN).");
    }
    return credentials.redact(String.join(" ", advice));
  }

  private static String invalidAdvice(ErrorBody body) {
    return body.message().toLowerCase(Locale.ROOT).contains("pagination")
        ? "GitHub does not return more of this list by page numbers,"
            + " and trying again does not help. Please report this."
        : "GitHub does not accept the request, and trying again does not help. Please report this.";
  }

  /** Returns true if a failure may concern one item only, while others can be read. */
  public static boolean isOfOneItem(PermanentFailureException failure) {
    return switch (failure.reason()) {
      case NOT_FOUND, GONE, FORBIDDEN, INVALID_REQUEST, LEGALLY_BLOCKED -> true;
      default -> false;
    };
  }
}
