package dev.backfill.supabase.internal.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.supabase.internal.http.RpcTransport.Answer;
import dev.backfill.supabase.internal.http.RpcTransport.NotSentException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Calls of the store's functions. Each call is one transaction in the database. A failure is one of
 * the engine's; after an unknown outcome the same call can be repeated.
 *
 * <p>Safe for any number of threads. A thread that was interrupted before finishes its call and
 * stays interrupted, as with the JDBC store.
 */
public final class RpcClient implements AutoCloseable {

  /** The version of requests and answers; a function refuses any other. */
  public static final int VERSION = 1;

  /** The max size of a request; projects document no limit, and gateways have one. */
  public static final int MAX_REQUEST_BYTES = 2 << 20;

  private final RpcTransport transport;
  private final String prefix;
  private final RpcFailures failures;

  /**
   * Creates it; sends nothing.
   *
   * @param prefix the prefix of the names of tables and functions; may be empty
   */
  public RpcClient(RpcTransport transport, String prefix) {
    this.transport = transport;
    this.prefix = prefix;
    this.failures = new RpcFailures(transport);
  }

  /**
   * Calls a function that has no codes of its own.
   *
   * @param action the action, as a noun phrase for messages, such as {@code the list of jobs}
   * @param function the name without the prefix, such as {@code backfill_list}
   * @param kind the effect of the call
   * @param request the fields of the request
   * @return the answer
   * @throws BackfillException if the call failed, or its outcome is unknown
   */
  public JsonValue call(String action, String function, CallKind kind, RequestWriter request) {
    return call(action, function, kind, request, Refusals.NONE);
  }

  /**
   * Calls a function.
   *
   * @param action the action, as a noun phrase for messages
   * @param function the name without the prefix
   * @param kind the effect of the call
   * @param request the fields of the request
   * @param refusals the meaning of the function's own codes
   * @return the answer
   * @throws TooLargeException if a call of the kind {@link CallKind#ITEMS} is too large
   * @throws BackfillException if the call failed, or its outcome is unknown
   * @throws IllegalArgumentException if {@code refusals} returns one
   */
  public JsonValue call(
      String action, String function, CallKind kind, RequestWriter request, Refusals refusals) {
    byte[] body = body(request);
    if (body.length > MAX_REQUEST_BYTES) {
      throw failures.tooLarge(action, kind, body.length, "larger than the max of 2 MiB");
    }
    Answer answer = exchange(action, prefix + function, kind, body);
    if (answer.status() == 413) {
      throw failures.tooLarge(action, kind, body.length, "larger than the project accepts (413)");
    }
    if (answer.status() / 100 != 2) {
      throw failures.of(action, kind, answer, refusals);
    }
    return value(action, kind, answer);
  }

  private Answer exchange(String action, String function, CallKind kind, byte[] body) {
    boolean interrupted = Thread.interrupted();
    try {
      return transport.post(function, body);
    } catch (NotSentException e) {
      throw failures.notSent(action, e);
    } catch (IOException e) {
      throw failures.lost(action, kind, e);
    } catch (InterruptedException e) {
      interrupted = true;
      throw failures.lost(action, kind, new IOException("was left at an interrupt", e));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private JsonValue value(String action, CallKind kind, Answer answer) {
    JsonValue value;
    try {
      value = JsonValue.parse(answer.body());
    } catch (IOException e) {
      throw failures.lost(action, kind, new IOException("sent an answer that is no JSON", e));
    }
    if (!isKnown(value)) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "The function for "
              + action
              + " sent an answer that this release does not know. "
              + kind.unknownOutcome()
              + " Apply the text of \"backfill schema --supabase\" of this release.",
          null);
    }
    return value;
  }

  private static boolean isKnown(JsonValue answer) {
    try {
      return answer.get("v").number() == VERSION;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Returns the one argument of each function, by its name. */
  private static byte[] body(RequestWriter request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 10);
    try (JsonGenerator json = JsonValue.FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("request");
      json.writeNumberField("v", VERSION);
      request.write(new JsonWriter(json));
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Ends running calls and releases the connections. */
  @Override
  public void close() {
    transport.close();
  }

  @Override
  public String toString() {
    return "RpcClient[" + transport.address() + "]";
  }
}
