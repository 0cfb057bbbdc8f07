package dev.backfill.supabase.internal.http;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.supabase.internal.http.RpcTransport.Answer;
import dev.backfill.supabase.internal.http.RpcTransport.NotSentException;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The translation of answers to failures of the engine. The code in an answer's body decides, and
 * its status only if there is none: gateways send statuses of their own.
 */
final class RpcFailures {

  static final String APPLY =
      "Apply the text of \"backfill schema --supabase\" of this release to the project.";

  private static final String SERVICE_ROLE =
      "Use a secret key (sb_secret_...) or the service_role key of this project.";

  private static final String RESUME =
      "If it lasts, look at the project in the dashboard: a paused project has to be restored.";

  /** States that are transient, beside all states of class 08 and 40; as with JDBC. */
  private static final Set<String> TRANSIENT =
      Set.of(
          "53000", "53200", "53300", "53400", "55006", "55P03", "57014", "57P01", "57P02", "57P03",
          "57P05", "25P03", "25P04", "25006", "PT503");

  private static final Set<String> MISSING = Set.of("42P01", "3F000", "42703", "42883", "PGRST202");

  /** No schema cache yet, no connection to the database, no free connection. */
  private static final Set<String> NO_DATABASE =
      Set.of("PGRST000", "PGRST001", "PGRST002", "PGRST003");

  private static final Set<String> BAD_TOKEN =
      Set.of("PGRST300", "PGRST301", "PGRST302", "PGRST303");

  private static final int MAX_MESSAGE = 300;

  private final RpcTransport transport;

  RpcFailures(RpcTransport transport) {
    this.transport = transport;
  }

  /** Returns the failure of a request that did not leave. */
  BackfillException notSent(String action, NotSentException e) {
    String problem = project() + " " + e.getMessage() + ", for " + action + ". Nothing was sent. ";
    return e.isPermanent()
        ? new PermanentFailureException(
            Reason.UNTRUSTED_ADDRESS,
            problem + "Correct the project's URL, or add the certificate's authority to the JVM.",
            shown(e))
        : new TransientFailureException(
            problem + "Check the project's URL and the network if it lasts.", shown(e));
  }

  /** Returns the failure of a request whose answer was lost. */
  TransientFailureException lost(String action, CallKind kind, IOException e) {
    return new TransientFailureException(
        project()
            + " "
            + e.getMessage()
            + ", for "
            + action
            + ". "
            + kind.unknownOutcome()
            + " Check the network if it lasts.",
        shown(e));
  }

  /** Returns the failure of a request that is too large. */
  RuntimeException tooLarge(String action, CallKind kind, long bytes, String problem) {
    String message =
        "The request for " + action + " has " + bytes + " bytes, which is " + problem + ". ";
    return kind == CallKind.ITEMS
        ? new TooLargeException(message + "Nothing of it was stored.", bytes)
        : new PermanentFailureException(
            Reason.STORE_REFUSED,
            message + kind.refused() + " Use the store over JDBC for values of this size.",
            null);
  }

  /** Returns the failure for an answer whose status is not a success. */
  RuntimeException of(String action, CallKind kind, Answer answer, Refusals refusals) {
    Error error = Error.of(answer);
    String code = error.code();
    if (code.startsWith("PT") && !code.equals("PT503")) {
      RuntimeException own = refusals.of(error.message(), error.detail());
      if (own != null) {
        return own;
      }
      return refused(
          Reason.INCOMPATIBLE, action, kind, error, answer, "Use one release for all. " + APPLY);
    }
    if (isSqlState(code)) {
      BackfillException failure = ofDatabase(action, kind, error, answer);
      if (failure != null) {
        return failure;
      }
    }
    return ofGateway(action, kind, error, answer);
  }

  /** Translates an SQL state; null if the status says more. */
  private @Nullable BackfillException ofDatabase(
      String action, CallKind kind, Error error, Answer answer) {
    String code = error.code();
    if (code.equals("42501")) {
      return refused(Reason.FORBIDDEN, action, kind, error, answer, SERVICE_ROLE);
    }
    if (MISSING.contains(code)) {
      return refused(Reason.NOT_INSTALLED, action, kind, error, answer, APPLY);
    }
    if (code.equals("53100")) {
      return refused(
          Reason.STORE_REFUSED,
          action,
          kind,
          error,
          answer,
          "Free or add disk space for the database.");
    }
    if (code.startsWith("08") || code.startsWith("40") || TRANSIENT.contains(code)) {
      return new TransientFailureException(
          sentence("could not do", action, error, answer) + " A retry may succeed.", null);
    }
    if (kind == CallKind.ITEMS && (code.startsWith("22") || code.startsWith("23"))) {
      return new PoisonItemException(
          sentence("refused an item's data in", action, error, answer)
              + " Nothing of it was stored.",
          null);
    }
    return refused(
        Reason.STORE_REFUSED,
        action,
        kind,
        error,
        answer,
        "Read the reason, and correct the database.");
  }

  private BackfillException ofGateway(String action, CallKind kind, Error error, Answer answer) {
    String code = error.code();
    int status = answer.status();
    if (code.equals("PGRST202") || status == 404) {
      return refused(
          Reason.NOT_INSTALLED,
          action,
          kind,
          error,
          answer,
          APPLY + " After that: NOTIFY pgrst, 'reload schema'.");
    }
    if (BAD_TOKEN.contains(code) || status == 401) {
      return refused(
          Reason.BAD_CREDENTIALS,
          action,
          kind,
          error,
          answer,
          "The key is wrong, expired or revoked. " + SERVICE_ROLE);
    }
    if (status == 403) {
      return refused(Reason.FORBIDDEN, action, kind, error, answer, SERVICE_ROLE);
    }
    if (code.equals("PGRST106") || status == 406) {
      return refused(
          Reason.NOT_INSTALLED,
          action,
          kind,
          error,
          answer,
          "Add the schema to the exposed schemas, under Project Settings > Data API.");
    }
    if (status / 100 == 3) {
      return refused(
          Reason.UNTRUSTED_ADDRESS,
          action,
          kind,
          error,
          answer,
          "The address redirects, and the key is sent nowhere else. Set the project's own URL.");
    }
    if (NO_DATABASE.contains(code) || status == 429) {
      return new TransientFailureException(
          sentence("could not do", action, error, answer)
              + " "
              + kind.refused()
              + later(answer)
              + " "
              + RESUME,
          null);
    }
    if (status >= 500 || status == 408) {
      return new TransientFailureException(
          sentence("could not do", action, error, answer)
              + " "
              + kind.unknownOutcome()
              + later(answer)
              + " "
              + RESUME,
          null);
    }
    return refused(
        Reason.STORE_REFUSED,
        action,
        kind,
        error,
        answer,
        "Check the project's URL, and that it is a Supabase project.");
  }

  private PermanentFailureException refused(
      Reason reason, String action, CallKind kind, Error error, Answer answer, String fix) {
    return new PermanentFailureException(
        reason,
        sentence("refused", action, error, answer) + " " + kind.refused() + " " + fix,
        null);
  }

  private String sentence(String verb, String action, Error error, Answer answer) {
    String code = error.code().isEmpty() ? String.valueOf(answer.status()) : error.code();
    String message = transport.redact(error.message());
    return project()
        + " "
        + verb
        + " "
        + action
        + " ("
        + code
        + "): "
        + (message.endsWith(".") ? message : message + ".");
  }

  private String project() {
    return "The project " + transport.address();
  }

  private static String later(Answer answer) {
    String after = answer.retryAfter();
    return after == null || !after.matches("\\d{1,6}") ? "" : " It asks to wait " + after + " s.";
  }

  /** Returns the cause; null if it, or a cause of it, contains the key. */
  private @Nullable Throwable shown(Throwable cause) {
    for (Throwable next = cause; next != null; next = next.getCause()) {
      String text = String.valueOf(next);
      if (!transport.redact(text).equals(text)) {
        return null;
      }
    }
    return cause;
  }

  private static boolean isSqlState(String code) {
    return code.matches("[0-9A-Z]{5}");
  }

  /**
   * The body of an answer that is no success.
   *
   * @param code PostgREST's code or an SQL state; empty if the body has none
   * @param message the first line of the reason
   * @param detail the facts of one of our functions; JSON's null without any
   */
  private record Error(String code, String message, JsonValue detail) {

    static Error of(Answer answer) {
      try {
        JsonValue body = JsonValue.parse(answer.body());
        String code = body.get("code").isNull() ? "" : text(body.get("code"));
        String message = text(body.get("message"));
        return new Error(code, message.isEmpty() ? "no reason given" : message, detail(body));
      } catch (IOException | IllegalStateException e) {
        // A gateway's page of HTML, for example.
        return new Error("", "the answer has no reason", JsonValue.NULL);
      }
    }

    private static JsonValue detail(JsonValue body) {
      try {
        String detail = body.get("details").textOrNull();
        return detail == null ? JsonValue.NULL : JsonValue.parse(detail);
      } catch (IOException | IllegalStateException e) {
        // PostgreSQL's own details are prose.
        return JsonValue.NULL;
      }
    }

    private static String text(JsonValue value) {
      String text = value.textOrNull();
      String line = text == null ? "" : text.strip().lines().findFirst().orElse("");
      return line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) : line;
    }
  }
}
