package dev.backfill.supabase.internal.progress;

import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.RequestWriter;
import dev.backfill.supabase.internal.http.RpcClient;
import dev.backfill.supabase.internal.http.TooLargeException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads of content that is too large for one request. The parts wait in a table of their own, and
 * nothing of them counts before the call that uses them.
 */
final class Uploads {

  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

  /** Leaves room for the rest of a request. */
  private static final long MAX_BYTES = RpcClient.MAX_REQUEST_BYTES - (64 << 10);

  private static final long MIN_BYTES = 32 << 10;

  private final RpcClient client;

  Uploads(RpcClient client) {
    this.client = client;
  }

  /** Content that can be divided. */
  @FunctionalInterface
  interface Content {
    List<RequestWriter> parts(long maxBytes);
  }

  /**
   * Uploads content, in smaller parts if the project refuses a part for its size.
   *
   * @param action the action, as a noun phrase for messages
   * @param attempt the number of the content; a repetition replaces its parts
   * @return the field of the request that uses the content
   * @throws PoisonItemException if a single row is larger than a request may be
   */
  RequestWriter send(String action, UUID attempt, Content content) {
    long maxBytes = MAX_BYTES;
    while (true) {
      List<RequestWriter> parts = content.parts(maxBytes);
      try {
        LOG.debug("{} is uploaded in {} part(s)", action, parts.size());
        for (int i = 0; i < parts.size(); i++) {
          send(action, attempt, i + 1, parts.get(i));
        }
        return json ->
            json.object(
                "uploaded",
                fields -> fields.field("attempt", attempt.toString()).field("parts", parts.size()));
      } catch (TooLargeException e) {
        if (maxBytes <= MIN_BYTES || e.bytes() > RpcClient.MAX_REQUEST_BYTES) {
          throw new PoisonItemException(
              e.getMessage() + " A single item is that large. The store over JDBC can store it.",
              e);
        }
        maxBytes /= 2;
      }
    }
  }

  private void send(String action, UUID attempt, int part, RequestWriter content) {
    client.call(
        "the upload for " + action,
        "backfill_upload",
        CallKind.ITEMS,
        json ->
            json.field("attempt", attempt.toString())
                .field("part", part)
                .object("content", content));
  }
}
