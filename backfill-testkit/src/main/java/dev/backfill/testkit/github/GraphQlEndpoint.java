package dev.backfill.testkit.github;

import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The handling of a query before and after it runs: limits, faults and price. */
final class GraphQlEndpoint {

  private final Quotas quotas;
  private final Faults faults;
  private final Repositories repositories;
  private final GraphQlServer server = new GraphQlServer();

  GraphQlEndpoint(Quotas quotas, Faults faults, Repositories repositories) {
    this.quotas = quotas;
    this.faults = faults;
    this.repositories = repositories;
  }

  Response respond(
      Request request, Caller caller, @Nullable Limit crowded, Consumer<Runnable> onSent) {
    if (!caller.isSignedIn()) {
      return ErrorResponses.message(401, "This endpoint requires you to be authenticated.");
    }
    if (!request.method().equals("POST")) {
      return Resources.notFound();
    }
    Response refused = faults.refusedQuery();
    if (refused != null) {
      return refused;
    }
    GraphQlServer.Query query;
    try {
      query = server.read(request.body());
    } catch (GraphQlServer.NoQueryException e) {
      return GraphQlServer.errors(e.errors())
          .with(quotas.look(caller.principal(), QuotaResource.GRAPHQL));
    }
    QueryPrice price = query.price();
    Quotas.Decision decision =
        quotas.admit(caller.principal(), QuotaResource.GRAPHQL, price.points(), crowded);
    if (decision.verdict() != Quotas.Verdict.ADMITTED) {
      onSent.accept(decision.onDelivered());
      return limited(decision).with(decision.headers());
    }
    UnaryOperator<Response> fault = faults.poll();
    Response response = run(query, caller, decision.headers());
    return (fault == null ? response : fault.apply(response)).with(decision.headers());
  }

  private Response limited(Quotas.Decision decision) {
    String message = LimitMessage.of(decision.verdict());
    return decision.status() == 200
        ? GraphQlServer.errors(List.of(GraphError.of(faults.limitType(), message)))
        : ErrorResponses.message(decision.status(), message);
  }

  private Response run(GraphQlServer.Query query, Caller caller, Map<String, String> headers) {
    QueryPrice price = query.price();
    if (!price.errors().isEmpty()) {
      return GraphQlServer.errors(price.errors());
    }
    Response tooLarge = faults.tooLarge(price.maxPage());
    if (tooLarge != null) {
      return tooLarge;
    }
    return server.run(
        query,
        new GraphRun(
            repositories.seenBy(true),
            repositories.ordering(),
            faults,
            caller.account(),
            rateLimit(price, headers)));
  }

  private @Nullable Map<String, Object> rateLimit(QueryPrice price, Map<String, String> headers) {
    if (quotas.mode() == Quotas.Mode.SILENT) {
      return null;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("limit", number(headers, "Limit"));
    values.put("remaining", number(headers, "Remaining"));
    values.put("used", number(headers, "Used"));
    values.put("resetAt", Instant.ofEpochSecond(number(headers, "Reset")));
    values.put("cost", price.points());
    values.put("nodeCount", (int) price.nodes());
    return values;
  }

  private static long number(Map<String, String> headers, String name) {
    return Long.parseLong(headers.getOrDefault("X-RateLimit-" + name, "0"));
  }
}
