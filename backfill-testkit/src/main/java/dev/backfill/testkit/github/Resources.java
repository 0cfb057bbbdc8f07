package dev.backfill.testkit.github;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.testkit.http.Response;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The REST resources of a repository, answered without any fault. */
final class Resources {

  private static final String BEHIND_THE_CAP =
      "In order to keep the API fast for everyone, pagination is limited for this resource.";

  /** A writer of the item at a position. */
  private interface Item {
    void write(JsonGenerator json, long position) throws IOException;
  }

  private final String api;
  private final PullRequestJson pullRequests;
  private final ConversationJson conversation;
  private final Ordering ordering;
  private final Faults faults;

  Resources(String api, Ordering ordering, Faults faults) {
    this.ordering = ordering;
    this.faults = faults;
    this.api = api;
    this.pullRequests = new PullRequestJson(api);
    this.conversation = new ConversationJson(api);
  }

  Response respond(Route route, SimulatedRepository repository, Map<String, String> query) {
    Response off = switchedOff(route, repository);
    return off != null ? off : whole(route, repository, query);
  }

  /** Returns the answer of a feature that is switched off; null for everything else. */
  static @Nullable Response switchedOff(Route route, SimulatedRepository repository) {
    if (route.rest().startsWith("/pulls") && !repository.hasPullRequests()) {
      return notFound();
    }
    if (route.rest().startsWith("/issues") && repository.issuesStatus() != 0) {
      return repository.issuesStatus() == 410
          ? ErrorResponses.message(410, "Issues are disabled for this repo")
          : notFound();
    }
    return null;
  }

  private Response whole(Route route, SimulatedRepository repository, Map<String, String> query) {
    return switch (route.endpoint()) {
      case REPOSITORY -> repository(repository);
      case PULL_REQUESTS ->
          list(
              route,
              repository,
              query,
              repository.pullRequestRows(),
              (json, at) -> pullRequests.write(json, repository.pullRequestRows().at((int) at)));
      case PULL_REQUEST -> pullRequest(repository, route.number());
      case REVIEWS -> reviews(route, repository, query);
      case REVIEW_COMMENTS ->
          list(
              route,
              repository,
              query,
              repository.reviewCommentRows(),
              (json, at) -> conversation.write(json, repository.reviewCommentRows().at(at)));
      case ISSUE_COMMENTS ->
          list(
              route,
              repository,
              query,
              repository.issueCommentRows(),
              (json, at) -> conversation.write(json, repository.issueCommentRows().at(at)));
      case REVIEW_COMMENT -> reviewComment(repository.reviewCommentRows(), route.id());
      case ISSUE_COMMENT -> issueComment(repository.issueCommentRows(), route.id());
      case REPOSITORY_LIST, REPOSITORY_LIST_ITEM -> plainList(route, repository, query);
      default -> notFound();
    };
  }

  static Response notFound() {
    return ErrorResponses.message(404, "Not Found");
  }

  private Response repository(SimulatedRepository repository) {
    return Response.json(
        200,
        Json.bytes(
            json -> {
              json.writeStartObject();
              Json.repository(json, repository.repository(), api, repository.issuesStatus() == 0);
              if (!repository.hasPullRequests()) {
                json.writeBooleanField("has_pull_requests", false);
              }
              json.writeEndObject();
            }));
  }

  private Response pullRequest(SimulatedRepository repository, int number) {
    if (!repository.has(number)) {
      return notFound();
    }
    return Response.json(
        200, Json.bytes(json -> pullRequests.write(json, repository.detailed(number))));
  }

  private Response reviewComment(ReviewComments rows, long id) {
    return rows.has(id)
        ? Response.json(
            200, Json.bytes(json -> conversation.write(json, rows.at(rows.require(id)))))
        : notFound();
  }

  private Response issueComment(IssueComments rows, long id) {
    return rows.has(id)
        ? Response.json(
            200, Json.bytes(json -> conversation.write(json, rows.at(rows.require(id)))))
        : notFound();
  }

  private Response list(
      Route route,
      SimulatedRepository repository,
      Map<String, String> query,
      Rows rows,
      Item item) {
    Response tooLarge = faults.sinceTooLarge(query);
    if (tooLarge != null) {
      return tooLarge;
    }
    Ordering.Selection selection = ordering.select(route.endpoint(), rows, query);
    return capped(
        route,
        repository,
        query,
        selection.size(),
        (json, at) -> item.write(json, selection.position().applyAsLong(at)));
  }

  private Response plainList(
      Route route, SimulatedRepository repository, Map<String, String> query) {
    RepositoryList<?> list = RepositoryLists.at(route.rest());
    if (list == null) {
      return notFound();
    }
    return route.endpoint() == Endpoint.REPOSITORY_LIST
        ? rows(list, route, repository, query)
        : row(list, route, repository);
  }

  private <R> Response rows(
      RepositoryList<R> list,
      Route route,
      SimulatedRepository repository,
      Map<String, String> query) {
    SimulatedList.Snapshot<R> snapshot = repository.list(list).snapshot();
    List<R> rows =
        snapshot.rows().stream().filter(list.filter(query)).sorted(list.order(query)).toList();
    Response response =
        capped(
            route,
            repository,
            query,
            rows.size(),
            (json, at) -> list.write(json, rows.get((int) at), repository.repository(), api));
    return response.status() == 200 ? response.versioned(snapshot.version()) : response;
  }

  private <R> Response row(RepositoryList<R> list, Route route, SimulatedRepository repository) {
    String key = list.keyAt(route.rest());
    R row = key == null ? null : repository.list(list).find(key);
    return row == null
        ? notFound()
        : Response.json(
            200, Json.bytes(json -> list.write(json, row, repository.repository(), api)));
  }

  /** Returns a page of a list whose cap and count are subject to faults. */
  private Response capped(
      Route route,
      SimulatedRepository repository,
      Map<String, String> query,
      long size,
      Item item) {
    int cap = faults.cap(route.endpoint());
    if (Page.of(query).from() >= cap) {
      return ErrorResponses.message(422, BEHIND_THE_CAP);
    }
    boolean counting = Page.of(query).size() == 1 && Page.of(query).number() == 1;
    int tooMany = counting ? faults.overcount(route.endpoint()) : 0;
    return page(route, repository, query, Math.min(cap, size + tooMany), item);
  }

  private Response reviews(Route route, SimulatedRepository repository, Map<String, String> query) {
    if (!repository.has(route.number())) {
      return notFound();
    }
    int count = repository.reviewCount(route.number());
    return page(
        route,
        repository,
        query,
        count,
        (json, at) ->
            conversation.write(
                json, repository.repository(), repository.review(route.number(), (int) at)));
  }

  private Response page(
      Route route,
      SimulatedRepository repository,
      Map<String, String> query,
      long size,
      Item item) {
    Page page = Page.of(query);
    byte[] body =
        Json.bytes(
            json -> {
              json.writeStartArray();
              long end = Math.min(size, page.from() + page.size());
              for (long at = page.from(); at < end; at++) {
                item.write(json, at);
              }
              json.writeEndArray();
            });
    String url = api + "/repositories/" + repository.repository().id() + route.rest();
    String links = page.links(url, query, size);
    Response response = Response.json(200, body);
    return links.isEmpty() ? response : response.with("Link", links);
  }
}
