package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.notContaining;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import java.util.Set;

/** A GitHub that answers queries exactly as a test wants, and a client that sends them. */
final class QueryAnswers implements AutoCloseable {

  static final String NOTHING = connection("", false);

  private static final String PATH = "/graphql";

  final Stub github = new Stub(GitHub.builder().token(Stub.TOKEN).detailConcurrency(1));

  QueryAnswers() {
    onQuery(post(urlEqualTo(PATH)).withRequestBody(containing("UPDATED_AT")), ok(NOTHING));
  }

  private void onQuery(MappingBuilder question, ResponseDefinitionBuilder answer) {
    github.server.stubFor(question.willReturn(answer));
  }

  /** What the history's pages from its start, or from behind a cursor, are answered. */
  void page(String after, ResponseDefinitionBuilder answer) {
    onQuery(page(after), answer);
  }

  private static MappingBuilder page(String after) {
    return post(urlEqualTo(PATH))
        .withRequestBody(containing("CREATED_AT"))
        .withRequestBody(
            after == null
                ? notContaining("\"after\":")
                : containing("\"after\":\"" + after + "\""));
  }

  /** What one pull request alone is answered. */
  void single(String after, ResponseDefinitionBuilder answer) {
    onQuery(
        page(after)
            .withRequestBody(containing("query PullRequests("))
            .withRequestBody(containing("\"first\":1,"))
            .atPriority(1),
        answer);
    onQuery(
        page(after)
            .withRequestBody(containing("query PullRequests("))
            .withRequestBody(containing("\"first\":1}"))
            .atPriority(1),
        answer);
  }

  /** What the question for a number alone is answered. */
  void number(String after, ResponseDefinitionBuilder answer) {
    onQuery(
        page(after).withRequestBody(containing("query PullRequestNumbers(")).atPriority(1), answer);
  }

  /** What the question for more reviews is answered. */
  void reviews(ResponseDefinitionBuilder answer) {
    onQuery(
        post(urlEqualTo(PATH)).withRequestBody(containing("query Reviews(")).atPriority(1), answer);
  }

  int queries() {
    return github.server.findAll(postRequestedFor(urlEqualTo(PATH))).size();
  }

  PullSource<PullRequest> source(PullRequestExtra... extras) {
    return github.client.pullRequests(Set.of(extras), GitHubTransport.GRAPHQL);
  }

  SourceSession<PullRequest> open() {
    return source().open("o/r", Cursor.START);
  }

  /** Reads everything that there is. */
  Reader<PullRequest> read(PullRequestExtra... extras) throws InterruptedException {
    Reader<PullRequest> reader = new Reader<>(source(extras), github.time);
    reader.run("o/r", Cursor.START);
    return reader;
  }

  static ResponseDefinitionBuilder ok(String body) {
    return Stub.ok(body);
  }

  /** An answer without data. */
  static ResponseDefinitionBuilder error(String type, String message, String path) {
    return ok("{\"data\":null,\"errors\":[" + errorJson(type, message, path) + "]}");
  }

  static String errorJson(String type, String message, String path) {
    return (type.isEmpty() ? "{" : "{\"type\":\"" + type + "\",")
        + "\"message\":\""
        + message
        + "\",\"path\":["
        + path
        + "]}";
  }

  /** An answer with these edges. */
  static String connection(String edges, boolean hasNext) {
    return answer("{\"cost\":1}", "null", "o/r", edges, hasNext, "");
  }

  static String answer(
      String rateLimit, String id, String name, String edges, boolean hasNext, String errors) {
    return ("{'data':{'rateLimit':%s,'repository':{'databaseId':%s,'nameWithOwner':'%s',"
            + "'pullRequests':{'totalCount':3,'pageInfo':{'hasNextPage':%s},'edges':[%s]}}}%s}")
        .replace('\'', '"')
        .formatted(
            rateLimit, id, name, hasNext, edges, errors.isEmpty() ? "" : ",\"errors\":" + errors);
  }

  /** Edges of pull requests from one number to another; their cursors are c1, c2, c3. */
  static String edges(int from, int to) {
    StringBuilder edges = new StringBuilder();
    for (int number = from; number <= to; number++) {
      edges.append(number == from ? "" : ",").append(edge(number, node(number, "")));
    }
    return edges.toString();
  }

  static String edge(int number, String node) {
    return "{\"cursor\":\"c" + number + "\",\"node\":" + node + "}";
  }

  static String node(int number, String more) {
    return ("{'fullDatabaseId':'%d','number':%d,'url':'https://github.com/o/r/pull/%d',"
            + "'title':'t%d','body':'','state':'OPEN','isDraft':false,"
            + "'createdAt':'2020-01-01T00:00:00Z','updatedAt':'2020-01-02T03:04:05Z',"
            + "'closedAt':null,'mergedAt':null,'headRefName':'h','headRefOid':'a1',"
            + "'baseRefName':'main','baseRefOid':'b1',"
            + "'author':{'__typename':'User','login':'ann','databaseId':7}%s}")
        .replace('\'', '"')
        .formatted(5_000_000_000L + number, number, number, number, more);
  }

  @Override
  public void close() {
    github.close();
  }
}
