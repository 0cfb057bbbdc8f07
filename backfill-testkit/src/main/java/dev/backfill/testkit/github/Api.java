package dev.backfill.testkit.github;

import dev.backfill.api.history.Repository;
import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.http.Connection;
import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The handling of a request before and after its resource answers it: limits, faults and counts.
 */
final class Api implements Connection.Handler {

  private static final int WORTH_COMPRESSING = 1_000;
  private static final String TOO_DEEP =
      "Pagination with the page parameter is not supported for large datasets, please use cursor"
          + " based pagination (after/before)";

  private final TimeSource time;
  private final Quotas quotas;
  private final Faults faults;
  private final Traffic traffic;
  private final Callers callers;
  private final AppTokens apps;
  private final ConcurrentRequests concurrentRequests;
  private final Repositories repositories;
  private final GraphQlEndpoint graphQl;
  private final String url;
  private final Resources resources;
  private final SimulatedActions actions;
  private final SimulatedIssues issues;
  private final Latency latency;
  private final AtomicLong requestIds = new AtomicLong();

  Api(SimulatedGitHub.Builder settings, Parts parts, GraphQlEndpoint graphQl, String url) {
    this.time = settings.time;
    this.quotas = parts.quotas();
    this.faults = parts.faults();
    this.traffic = parts.traffic();
    this.callers = parts.callers();
    this.apps = parts.apps();
    this.concurrentRequests = parts.concurrentRequests();
    this.repositories = parts.repositories();
    this.graphQl = graphQl;
    this.url = url;
    this.resources = new Resources(url, repositories.ordering(), faults);
    this.actions = parts.actions();
    this.issues = parts.issues();
    this.latency = new Latency(settings.time, settings.minLatency, settings.maxLatency);
  }

  @Override
  public Response handle(Request request, Consumer<Runnable> onSent) throws InterruptedException {
    Instant at = time.now();
    Route route = Route.of(request.path());
    traffic.arrived(route.endpoint());
    Caller caller = isForApps(route) ? Caller.ANONYMOUS : callers.identify(request.token());
    Limit crowded = concurrentRequests.enter(caller.principal());
    try {
      Response response = orWrong(respond(request, route, caller, crowded, onSent), route, request);
      traffic.answered(at, request.target(), response.status());
      latency.sleep();
      return finished(request, response);
    } finally {
      concurrentRequests.leave(caller.principal());
    }
  }

  private Response orWrong(Response response, Route route, Request request) {
    if (response.status() >= 400) {
      return response;
    }
    WrongAnswer wrong = faults.wrong(route.endpoint(), request);
    return wrong == null ? response : wrong.insteadOf(response, route.endpoint());
  }

  private static boolean isForApps(Route route) {
    return switch (route.endpoint()) {
      case INSTALLATION, INSTALLATIONS, INSTALLATION_TOKEN -> true;
      default -> false;
    };
  }

  private Response respond(
      Request request,
      Route route,
      Caller caller,
      @Nullable Limit crowded,
      Consumer<Runnable> onSent) {
    String agent = request.header("user-agent");
    if (agent == null || agent.isBlank()) {
      return ErrorResponses.message(
          403, "Request forbidden by administrative rules. Please set a User-Agent header.");
    }
    if (isForApps(route)) {
      return apps.respond(request, route);
    }
    if (caller.kind() == Caller.Kind.REFUSED) {
      return ErrorResponses.message(401, "Bad credentials");
    }
    if (route.endpoint() == Endpoint.GRAPHQL) {
      return graphQl.respond(request, caller, crowded, onSent);
    }
    if (!request.method().equals("GET") && !(route.isWritable() && caller.isSignedIn())) {
      return Resources.notFound();
    }
    return route.endpoint() == Endpoint.RATE_LIMIT
        ? rateLimit(caller)
        : limited(request, route, caller, crowded, onSent);
  }

  private Response rateLimit(Caller caller) {
    if (quotas.mode() == Quotas.Mode.SILENT) {
      return Resources.notFound();
    }
    Map<String, String> core = quotas.look(caller.principal(), QuotaResource.CORE);
    Map<String, String> graph = quotas.look(caller.principal(), QuotaResource.GRAPHQL);
    return Response.json(200, Json.rateLimit(core, graph)).with(core);
  }

  private Response limited(
      Request request,
      Route route,
      Caller caller,
      @Nullable Limit crowded,
      Consumer<Runnable> onSent) {
    Quotas.Decision decision = quotas.admit(caller.principal(), QuotaResource.CORE, 1, crowded);
    if (decision.verdict() != Quotas.Verdict.ADMITTED) {
      onSent.accept(decision.onDelivered());
      return ErrorResponses.message(decision.status(), LimitMessage.of(decision.verdict()))
          .with(decision.headers());
    }
    Response response = faulty(request, route, caller).with(decision.headers());
    if (response.status() != 200 || !request.method().equals("GET")) {
      return response;
    }
    String tag = response.tag();
    if (tag.equals(request.header("if-none-match"))) {
      Map<String, String> remaining = quotas.refund(caller.principal(), QuotaResource.CORE);
      return response.notModified().with(remaining).with("ETag", tag);
    }
    return response.with("ETag", tag);
  }

  private Response faulty(Request request, Route route, Caller caller) {
    UnaryOperator<Response> fault = faults.poll();
    Response refusal =
        route.endpoint() == Endpoint.PULL_REQUEST ? faults.refusal(route.number()) : null;
    boolean poisoned =
        route.endpoint() == Endpoint.PULL_REQUEST && faults.isPoisoned(route.number());
    Response response =
        refusal != null ? refusal : poisoned ? Faults.failure(502) : found(request, route, caller);
    return fault == null ? response : fault.apply(response);
  }

  private Response found(Request request, Route route, Caller caller) {
    if (route.endpoint() == Endpoint.USER) {
      return user(caller);
    }
    Repositories.View seen = repositories.seenBy(caller.isSignedIn());
    SimulatedRepository repository = seen.find(route.repository());
    if (repository != null && route.isWritable()) {
      Response off = Resources.switchedOff(route, repository);
      return off != null ? off : written(request, route, repository, caller);
    }
    if (repository != null) {
      return faults.isTooDeep(Page.of(request.query()).number())
          ? ErrorResponses.message(422, TOO_DEEP)
          : resources.respond(route, repository, request.query());
    }
    SimulatedRepository moved = seen.formerlyNamed(route.repository());
    if (moved == null) {
      return Resources.notFound();
    }
    String rest = request.target().substring(request.path().length());
    String location = url + "/repositories/" + moved.repository().id() + route.rest() + rest;
    return Response.json(301, Json.moved(location)).with("Location", location);
  }

  private Response written(
      Request request, Route route, SimulatedRepository repository, Caller caller) {
    Repository where = repository.repository();
    return switch (route.endpoint()) {
      case WORKFLOW_DISPATCH, WORKFLOW_RUNS, WORKFLOW_RUN -> actions.respond(request, route, where);
      default -> issues.respond(request, route, where, caller.account());
    };
  }

  private static Response user(Caller caller) {
    return switch (caller.kind()) {
      case USER -> Response.json(200, Json.user(caller.account()));
      case INSTALLATION -> ErrorResponses.message(403, "Resource not accessible by integration");
      case ANONYMOUS, REFUSED -> ErrorResponses.message(401, "Requires authentication");
    };
  }

  private Response finished(Request request, Response response) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Date", HttpDate.text(time.now()));
    headers.put("X-GitHub-Request-Id", "SIM0:" + Long.toHexString(requestIds.incrementAndGet()));
    headers.put("X-GitHub-Media-Type", "github.v3; format=json");
    headers.put("Vary", "Accept, Authorization, Accept-Encoding");
    String accepted = request.header("accept-encoding");
    if (accepted != null
        && accepted.contains("gzip")
        && response.body().length >= WORTH_COMPRESSING) {
      headers.put("Content-Encoding", "gzip");
      return response.withBody(compressed(response.body())).with(headers);
    }
    return response.with(headers);
  }

  private static byte[] compressed(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4);
    try (GZIPOutputStream gzip =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        }) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
