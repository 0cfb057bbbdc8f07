package dev.backfill.testkit.github;

import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The faults of the next requests. Safe for any number of threads. */
final class Faults {

  /** A failure of all pages with more than a number of items. */
  private record Failure(int items, Response response) {}

  /** A resource limit for all pages with more than a number of items. */
  private record Resources(int items, boolean wholePage) {}

  private static final int ANY = Integer.MAX_VALUE;

  /** A share of all requests, and the seed that chooses them. */
  private record Share(int perMille, long seed) {}

  private final Queue<UnaryOperator<Response>> next = new ArrayDeque<>();
  private final Map<Endpoint, Queue<WrongAnswer>> wrong = new EnumMap<>(Endpoint.class);
  private final Map<String, Integer> requested = new HashMap<>();
  private Share share = new Share(0, 0);
  private static final String UNKNOWN_FIELD =
      "{\"errors\":[{\"message\":\"Field 'fullDatabaseId' doesn't exist on type 'PullRequest'\","
          + "\"path\":[\"query PullRequests\",\"repository\",\"pullRequests\",\"edges\",\"node\","
          + "\"fullDatabaseId\"],\"extensions\":{\"code\":\"undefinedField\"}}]}";

  private final Set<Integer> poisoned = ConcurrentHashMap.newKeySet();
  private final Set<Integer> broken = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> refused = new ConcurrentHashMap<>();
  private volatile int queries;
  private volatile boolean nodesForbidden;
  private volatile Failure largePages = new Failure(ANY, failure(502));
  private volatile Resources resources = new Resources(ANY, false);
  private volatile int lastPage = ANY;
  private final Map<Endpoint, Integer> caps = new ConcurrentHashMap<>();
  private final Map<Endpoint, Integer> overcounts = new ConcurrentHashMap<>();
  private volatile Failure largeSince = new Failure(ANY, failure(502));
  private volatile String limitType = "RATE_LIMITED";

  synchronized void add(UnaryOperator<Response> fault) {
    next.add(fault);
  }

  /** Returns the next fault, which is then used up; null if there is none. */
  synchronized @Nullable UnaryOperator<Response> poll() {
    return next.poll();
  }

  synchronized void answerNext(Endpoint endpoint, WrongAnswer how) {
    wrong.computeIfAbsent(endpoint, key -> new ArrayDeque<>()).add(how);
  }

  synchronized void answerWrongly(int perMille, long seed) {
    share = new Share(perMille, seed);
    requested.clear();
  }

  /** Returns the wrong answer for a request; null if the request is answered correctly. */
  synchronized @Nullable WrongAnswer wrong(Endpoint endpoint, Request request) {
    Queue<WrongAnswer> queue = wrong.get(endpoint);
    WrongAnswer queued = queue == null ? null : queue.poll();
    if (queued != null || share.perMille() == 0) {
      return queued;
    }
    // Chosen by the request and its repetitions, so that the order of concurrent requests has no
    // effect.
    String question = request.target() + new String(request.body(), StandardCharsets.UTF_8);
    int times = requested.merge(question, 1, Integer::sum);
    SeededRandom random = new SeededRandom(share.seed());
    if (random.below(1_000, SeededRandom.Use.FAULT, question.hashCode(), times)
        >= share.perMille()) {
      return null;
    }
    WrongAnswer[] ways = WrongAnswer.values();
    return ways[random.below(ways.length, SeededRandom.Use.FAULT, question.hashCode(), -times)];
  }

  void poison(int number) {
    poisoned.add(number);
  }

  void breakNode(int number) {
    broken.add(number);
  }

  void forbidNodes(boolean forbid) {
    nodesForbidden = forbid;
  }

  /** Returns true if GraphQL forbids every pull request: null, with an error. */
  boolean nodesAreForbidden() {
    return nodesForbidden;
  }

  void heal(int number) {
    poisoned.remove(number);
    broken.remove(number);
    refused.remove(number);
  }

  void refuse(int number, int status) {
    refused.put(number, status);
  }

  void refuseQueries(int status) {
    queries = status;
  }

  /** Returns the answer instead of a pull request; null if it is not refused. */
  @Nullable Response refusal(int number) {
    Integer status = refused.get(number);
    return status == null
        ? null
        : ErrorResponses.message(status, "Pull request " + number + " is not to be read.");
  }

  /** Returns the answer to every query; null if queries are answered. */
  @Nullable Response refusedQuery() {
    int status = queries;
    if (status == 0) {
      return null;
    }
    return status == 200
        ? Response.json(200, UNKNOWN_FIELD.getBytes(StandardCharsets.UTF_8))
        : failure(status);
  }

  boolean isPoisoned(int number) {
    return poisoned.contains(number);
  }

  boolean isBroken(int number) {
    return broken.contains(number);
  }

  void failAbove(int items, Response response) {
    largePages = new Failure(items, response);
  }

  /** Returns the answer to a GraphQL page that is too large; null if its size is allowed. */
  @Nullable Response tooLarge(int pageSize) {
    Failure failure = largePages;
    return pageSize > failure.items() ? failure.response() : null;
  }

  void limitResourcesAbove(int items, boolean wholePage) {
    resources = new Resources(items, wholePage);
  }

  /** Returns true if a page is so large that none of its nodes is sent. */
  boolean nodesExceed(int pageSize) {
    Resources now = resources;
    return !now.wholePage() && pageSize > now.items();
  }

  /** Returns true if a page is so large that the list itself is not sent. */
  boolean pageExceeds(int pageSize) {
    Resources now = resources;
    return now.wholePage() && pageSize > now.items();
  }

  void lastPage(int number) {
    lastPage = number;
  }

  /** Returns true if a page lies behind the last page that is answered. */
  boolean isTooDeep(long page) {
    return page > lastPage;
  }

  void capList(Endpoint list, int items) {
    caps.put(list, items);
  }

  /** Returns the number of items of a list before its cap. */
  int cap(Endpoint list) {
    return caps.getOrDefault(list, ANY);
  }

  void overcount(Endpoint list, int more) {
    overcounts.put(list, more);
  }

  /** Returns the number of items that a list counts too many. */
  int overcount(Endpoint list) {
    return overcounts.getOrDefault(list, 0);
  }

  void failSinceAbove(int items, Response response) {
    largeSince = new Failure(items, response);
  }

  /**
   * Returns the answer to a page of recent changes that is too large; null if its size is allowed.
   */
  @Nullable Response sinceTooLarge(Map<String, String> query) {
    Failure failure = largeSince;
    return query.containsKey("since") && Page.of(query).size() > failure.items()
        ? failure.response()
        : null;
  }

  void limitType(String type) {
    limitType = type;
  }

  /** Returns the type of the error with which GraphQL limits a query. */
  String limitType() {
    return limitType;
  }

  /** Returns the answer of a failing server, with a page of HTML if a gateway answers. */
  static Response failure(int status) {
    return status >= 502 && status <= 504
        ? ErrorResponses.html(status, "This page is taking too long to load.")
        : ErrorResponses.message(status, "Server Error");
  }
}
