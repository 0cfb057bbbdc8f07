package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.ManualTimeSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A GitHub that says exactly what a test wants, over a real socket, and a client for it. */
final class Stub implements AutoCloseable {

  static final long REPOSITORY_ID = 4_294_967_297L;
  static final String LIST = "/repos/o/r/pulls?state=all&sort=created&direction=asc&per_page=100";
  static final String COUNT = "/repositories/" + REPOSITORY_ID + "/pulls?state=all&per_page=1";
  static final String TOKEN = "ghp_veryS3cretTokenThatNobodyMaySee";

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  final WireMockServer server = new WireMockServer(wireMockConfig().dynamicPort());
  final ManualTimeSource time = new ManualTimeSource();
  final GitHub client;

  Stub() {
    this(GitHub.builder().detailConcurrency(1));
  }

  Stub(GitHub.Builder builder) {
    server.start();
    client = builder.apiUrl(url()).timeSource(time).build();
    repository("o/r", REPOSITORY_ID);
    server.stubFor(
        get(urlEqualTo("/repositories/" + REPOSITORY_ID))
            .atPriority(9)
            .willReturn(ok(repositoryJson("o/r", REPOSITORY_ID))));
    // Until a test says how many there are, GitHub does not.
    server.stubFor(
        get(urlMatching(".*[?&]per_page=1")).atPriority(9).willReturn(uncounted(ok("[{}]"))));
    server.stubFor(
        get(urlMatching(".*sort=updated&direction=(desc|asc&since=).*"))
            .atPriority(9)
            .willReturn(ok("[]")));
  }

  URI url() {
    return URI.create("http://localhost:" + server.port());
  }

  void repository(String name, long id) {
    answer("/repos/" + name, ok(repositoryJson(name, id)));
  }

  static String repositoryJson(String name, long id) {
    return "{\"id\":"
        + id
        + ",\"full_name\":\""
        + name
        + "\",\"private\":false,\"owner\":{\"id\":5}}";
  }

  StubMapping answer(String url, ResponseDefinitionBuilder answer) {
    return server.stubFor(get(urlEqualTo(url)).willReturn(answer));
  }

  /** A page of pull requests from one number to another, with the links that GitHub would give. */
  void page(int page, int pages, int fromNumber, int toNumber) {
    String items =
        IntStream.rangeClosed(fromNumber, toNumber)
            .mapToObj(Stub::pullRequest)
            .collect(Collectors.joining(",", "[", "]"));
    answer(pageUrl(page), linked(ok(items), page, pages));
    if (page == pages) {
      answer(pageUrl(page + 1), ok("[]"));
    }
  }

  /** What changed last: pull requests from one number to another, now. */
  void recent(int fromNumber, int toNumber) {
    String items =
        IntStream.rangeClosed(fromNumber, toNumber)
            .mapToObj(number -> fromNumber + toNumber - number)
            .map(number -> pullRequest(number, time.now().toString(), ""))
            .collect(Collectors.joining(",", "[", "]"));
    answer(byNumber("/pulls?state=all&sort=updated&direction=desc&per_page=100"), ok(items));
  }

  ResponseDefinitionBuilder linked(ResponseDefinitionBuilder answer, int page, int pages) {
    List<String> links = new ArrayList<>();
    if (page > 1) {
      links.add(link(page - 1, "prev"));
    }
    if (page < pages) {
      links.add(link(page + 1, "next"));
      links.add(link(pages, "last"));
    }
    return links.isEmpty() ? answer : answer.withHeader("Link", String.join(", ", links));
  }

  private String link(int page, String relation) {
    return "<" + url() + pageUrl(page) + ">; rel=\"" + relation + "\"";
  }

  /** A path within the repository, by its number. */
  static String byNumber(String rest) {
    return "/repositories/" + REPOSITORY_ID + rest;
  }

  /** Links lead by the number of the repository, as GitHub's do. */
  static String pageUrl(int page) {
    return page == 1
        ? LIST
        : "/repositories/"
            + REPOSITORY_ID
            + "/pulls?state=all&sort=created&direction=asc&per_page=100&page="
            + page;
  }

  static String pullRequest(int number) {
    return pullRequest(number, "2020-01-02T03:04:05Z", "");
  }

  static String pullRequest(int number, String updatedAt, String more) {
    return ("{'id':%d,'number':%d,'html_url':'https://github.com/o/r/pull/%d','title':'t%d',"
            + "'body':null,'state':'open','draft':false,'user':{'id':7,'login':'ann','type':'User'},"
            + "'created_at':'2020-01-01T00:00:00Z','updated_at':'%s','closed_at':null,"
            + "'merged_at':null,'head':{'ref':'h','sha':'a1','repo':{'id':1,'deep':[{'x':[]}]}},"
            + "'base':{'ref':'main','sha':'b1'}%s}")
        .formatted(5_000_000_000L + number, number, number, number, updatedAt, more)
        .replace('\'', '"');
  }

  static String details(int number, String updatedAt) {
    return pullRequest(
        number,
        updatedAt,
        ",'additions':1,'deletions':2,'changed_files':3,'commits':4,'comments':5,"
            + "'review_comments':6,'merged_by':null");
  }

  void details(int number) {
    answer("/repos/o/r/pulls/" + number, ok(details(number, "2020-01-02T03:04:05Z")));
  }

  /** What is asked for when only the number is known. */
  void detailsByNumber(int number) {
    answer(byNumber("/pulls/" + number), ok(details(number, "2020-01-02T03:04:05Z")));
  }

  static String reviews(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(
            id ->
                "{\"id\":%d,\"state\":\"APPROVED\",\"user\":null,\"submitted_at\":null,\"body\":\"\"}"
                    .formatted(id))
        .collect(Collectors.joining(",", "[", "]"));
  }

  static ResponseDefinitionBuilder ok(String body) {
    return aResponse()
        .withStatus(200)
        .withHeader("Content-Type", "application/json; charset=utf-8")
        .withBody(body);
  }

  static ResponseDefinitionBuilder status(int status, String message) {
    return aResponse().withStatus(status).withBody("{\"message\":\"" + message + "\"}");
  }

  /** Adds what GitHub says about the quota; the window ends at this distance from now. */
  ResponseDefinitionBuilder quota(
      ResponseDefinitionBuilder answer, int remaining, Duration untilReset) {
    return answer
        .withHeader("Date", httpDate(time.now()))
        .withHeader("X-RateLimit-Limit", "5000")
        .withHeader("X-RateLimit-Remaining", Integer.toString(remaining))
        .withHeader(
            "X-RateLimit-Reset", Long.toString(time.now().plus(untilReset).getEpochSecond()))
        .withHeader("X-RateLimit-Resource", "core");
  }

  static String httpDate(Instant time) {
    return HTTP_DATE.format(time);
  }

  SourceSession<PullRequest> open(Cursor from, PullRequestExtra... extras) {
    return client.pullRequests(Set.of(extras), GitHubTransport.REST).open("o/r", from);
  }

  /** How many pull requests there are in all. */
  void counted(int items) {
    String last = "<" + url() + COUNT + "&page=" + items + ">; rel=\"last\"";
    answer(COUNT, ok("[{}]").withHeader("Link", last));
  }

  /** An answer that does not say how many there are. */
  static ResponseDefinitionBuilder uncounted(ResponseDefinitionBuilder answer) {
    return answer.withHeader("Link", "</x?after=y>; rel=\"next\"");
  }

  /** Requests for the history: the count and the look at what changed meanwhile are left out. */
  int requests() {
    return log().size();
  }

  /** Waits until there have been as many requests for the history. */
  void awaitRequests(int count) throws InterruptedException {
    // Looked at again and again: a listener may hear of a request before it is on record.
    Eventually.until(count + " requests are on record", () -> requests() >= count);
  }

  int requests(String url) {
    return server.findAll(getRequestedFor(urlEqualTo(url))).size();
  }

  List<LoggedRequest> log() {
    return server.findAll(getRequestedFor(anyUrl())).stream()
        .filter(
            request -> !request.getUrl().matches(".*sort=updated&direction=(desc|asc&since=).*"))
        .filter(request -> !request.getUrl().endsWith("per_page=1"))
        .toList();
  }

  static List<Integer> numbers(Chunk<PullRequest> chunk) {
    return chunk.items().stream().map(item -> item.number()).toList();
  }

  static List<Integer> range(int from, int to) {
    return IntStream.rangeClosed(from, to).boxed().toList();
  }

  @Override
  public void close() {
    client.close();
    server.stop();
  }
}
