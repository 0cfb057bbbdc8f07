package dev.backfill.testkit.postgrest;

import dev.backfill.testkit.http.LoopbackServer;
import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A Supabase project's REST API over a socket: a gateway before a PostgREST or its stand-in, with
 * faults that a test chooses.
 *
 * <ul>
 *   <li>Below {@code /rest/v1} is the gateway, which checks the header {@code apikey}.
 *   <li>{@code /rpc/FUNCTION} is PostgREST without a gateway.
 * </ul>
 *
 * <p>The stand-in calls functions by POST and knows nothing else. It needs a PostgreSQL database
 * with the roles of a project, and PostgreSQL's own driver. It answers as PostgREST 12.0.2 does,
 * apart from the error 40001: the real one repeats such a call for ever, the stand-in records a
 * {@linkplain #violations violation}.
 *
 * <p>Safe for any number of threads.
 */
public final class SimulatedSupabase implements AutoCloseable {

  private static final int MAX_BODY = 64 * 1024 * 1024;

  private final LoopbackServer server;
  private final Upstream upstream;
  private final Gateway gateway;
  private final ApiKeys keys;
  private final AtomicLong calls = new AtomicLong();
  private final List<ApiCall> log = new ArrayList<>();
  private final List<Future<Response>> background = new CopyOnWriteArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "simulated-supabase-function");
            thread.setDaemon(true);
            return thread;
          });
  private volatile LongFunction<@Nullable CallFault> faults = call -> null;

  private SimulatedSupabase(Builder builder, Upstream upstream) {
    this.keys = builder.keys;
    this.upstream = upstream;
    this.gateway = new Gateway(upstream, builder.keys, builder.maxBody);
    this.server = new LoopbackServer(builder.port, "simulated-supabase", MAX_BODY);
    server.start((request, onSent) -> handle(request));
  }

  /**
   * Returns a builder of a project whose functions the stand-in calls.
   *
   * @param authenticator connects as PostgREST's login, which may change to the project's roles;
   *     not null
   * @return the builder
   */
  public static Builder over(DataSource authenticator) {
    Objects.requireNonNull(authenticator, "authenticator");
    return new Builder(keys -> new PostgrestStandIn(authenticator, keys));
  }

  /**
   * Returns a builder of a project before a real PostgREST.
   *
   * @param postgrest its address; not null
   * @return the builder
   */
  public static Builder before(URI postgrest) {
    Objects.requireNonNull(postgrest, "postgrest");
    return new Builder(keys -> new RemotePostgrest(postgrest));
  }

  /** The settings of a simulated project. */
  public static final class Builder {

    private final Function<ApiKeys, Upstream> upstream;
    private ApiKeys keys = ApiKeys.ofDefaults();
    private int maxBody = MAX_BODY;
    private int port;

    private Builder(Function<ApiKeys, Upstream> upstream) {
      this.upstream = upstream;
    }

    /**
     * Sets the keys.
     *
     * @param keys with the secret that a real PostgREST has; not null
     * @return this builder
     */
    public Builder keys(ApiKeys keys) {
      this.keys = Objects.requireNonNull(keys, "keys");
      return this;
    }

    /**
     * Sets the limit of requests; 64 MiB by default.
     *
     * @param bytes the max size of a body; a larger one is answered 413
     * @return this builder
     */
    public Builder maxBody(int bytes) {
      this.maxBody = bytes;
      return this;
    }

    /**
     * Sets the port; any free one by default.
     *
     * @param port the port of 127.0.0.1
     * @return this builder
     */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /**
     * Starts to answer.
     *
     * @return the running project
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public SimulatedSupabase start() {
      return new SimulatedSupabase(this, upstream.apply(keys));
    }
  }

  /** Returns the project's address, as in {@code SUPABASE_URL}. */
  public URI url() {
    return server.url();
  }

  /** Returns the project's keys. */
  public ApiKeys keys() {
    return keys;
  }

  /**
   * Causes a fault at one of the following requests. Other faults stay as they are.
   *
   * @param call the request, counted from 1 for the next one
   * @param fault the fault; not null
   * @throws IllegalArgumentException if {@code call} is not positive
   */
  public synchronized void faultAt(long call, CallFault fault) {
    Objects.requireNonNull(fault, "fault");
    if (call < 1) {
      throw new IllegalArgumentException("calls are counted from 1, not " + call);
    }
    long number = calls.get() + call;
    LongFunction<@Nullable CallFault> others = faults;
    faults = each -> each == number ? fault : others.apply(each);
  }

  /**
   * Chooses the faults of all following requests, instead of those that were chosen before.
   *
   * @param choice returns the fault of a request by its {@linkplain #calls number}, or null; not
   *     null
   */
  public synchronized void faults(LongFunction<@Nullable CallFault> choice) {
    faults = Objects.requireNonNull(choice, "choice");
  }

  /**
   * Pauses the project, whose gateway then answers 540, or ends the pause.
   *
   * @param paused true to pause it
   */
  public void pause(boolean paused) {
    gateway.pause(paused);
  }

  /** Returns the number of requests so far. */
  public long calls() {
    return calls.get();
  }

  /** Returns the requests so far, in the order of their ends. They contain no keys. */
  public List<ApiCall> log() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  /** Returns the calls that PostgREST 12 would not have answered. A test expects none. */
  public List<String> violations() {
    return upstream.violations();
  }

  /**
   * Blocks until the functions have ended that run without a connection ({@link
   * CallFault#CUT_DURING}).
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public void awaitIdle() throws InterruptedException {
    for (Future<Response> call : background) {
      result(call);
      background.remove(call);
    }
  }

  private Response handle(Request request) throws InterruptedException {
    long number = calls.incrementAndGet();
    CallFault fault = faults.apply(number);
    Response response = fault == null ? gateway.answer(request) : faulty(request, fault);
    boolean ran = fault != CallFault.CUT_BEFORE && fault != CallFault.CUT_DURING;
    String authorization = request.header("authorization");
    ApiCall call =
        new ApiCall(
            number,
            request.path(),
            ApiCall.Credential.of(request.header("apikey")),
            ApiCall.Credential.of(authorization == null ? null : request.token()),
            request.header("user-agent"),
            request.body().length,
            fault,
            ran ? response.status() : 0,
            ran ? response.body().length : 0);
    synchronized (log) {
      log.add(call);
    }
    return response;
  }

  private Response faulty(Request request, CallFault fault) throws InterruptedException {
    return switch (fault) {
      case CUT_BEFORE -> nothing();
      case CUT_DURING -> {
        background.add(threads.submit(() -> gateway.answer(request)));
        yield nothing();
      }
      case CUT_AFTER -> gateway.answer(request).delivered(Response.Delivery.DROPPED);
      case CUT_ANSWER -> gateway.answer(request).delivered(Response.Delivery.CUT);
      case LATE -> gateway.answer(request).delivered(Response.Delivery.STALLED);
      case UNAVAILABLE_BEFORE -> Gateway.page(503, "Service Temporarily Unavailable");
      case UNAVAILABLE_AFTER -> {
        gateway.answer(request);
        yield Gateway.page(502, "Bad Gateway");
      }
      case REPEATED -> {
        gateway.answer(request);
        yield gateway.answer(request);
      }
      case REPEATED_AT_ONCE -> {
        Future<Response> other = threads.submit(() -> gateway.answer(request));
        gateway.answer(request);
        yield result(other);
      }
    };
  }

  private static Response result(Future<Response> call) throws InterruptedException {
    try {
      return call.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Response nothing() {
    return new Response(0, Map.of(), new byte[0], Response.Delivery.DROPPED);
  }

  /** Stops. Functions that still run are interrupted or rolled back. */
  @Override
  public void close() {
    server.close();
    threads.shutdownNow();
    upstream.close();
  }
}
