package dev.backfill.supabase.internal.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One exchange with a project: a function's name and a body there, a status and a body back. Safe
 * for any number of threads.
 */
public interface RpcTransport extends AutoCloseable {

  /**
   * An answer, whatever it contains.
   *
   * @param status the HTTP status
   * @param body the decompressed body
   * @param retryAfter the header {@code Retry-After}, or null
   */
  record Answer(int status, byte[] body, @Nullable String retryAfter) {}

  /**
   * Calls a function.
   *
   * @param function the name of the function
   * @param body the request, a JSON object in UTF-8
   * @throws NotSentException if the request certainly did not reach the project
   * @throws IOException if the answer was lost, so that the outcome is unknown
   */
  Answer post(String function, byte[] body) throws IOException, InterruptedException;

  /** Returns the project's address in messages, without secrets. */
  String address();

  /** Replaces the key in a text, in case a server has sent it back. */
  String redact(String text);

  @Override
  void close();

  /** A failure before anything was sent. */
  final class NotSentException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean permanent;

    /**
     * Creates it.
     *
     * @param message a clause such as {@code cannot be found by its name}
     * @param permanent true if each retry fails, too
     */
    NotSentException(String message, boolean permanent, @Nullable Throwable cause) {
      super(message, cause);
      this.permanent = permanent;
    }

    boolean isPermanent() {
      return permanent;
    }
  }
}
