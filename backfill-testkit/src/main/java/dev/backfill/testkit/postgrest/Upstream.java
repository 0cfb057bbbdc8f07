package dev.backfill.testkit.postgrest;

import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.util.List;

/** The PostgREST behind the gateway. */
interface Upstream extends AutoCloseable {

  /**
   * Answers a request whose path has no prefix, such as {@code /rpc/FUNCTION}.
   *
   * @throws InterruptedException if the simulation was closed meanwhile
   */
  Response answer(Request request) throws InterruptedException;

  /** Returns the calls that a real PostgREST would not have survived; none if it is real. */
  List<String> violations();

  @Override
  void close();
}
