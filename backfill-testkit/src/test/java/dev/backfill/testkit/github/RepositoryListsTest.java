package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.backfill.api.history.Account;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Client.Reply;
import dev.backfill.testkit.github.RepositoryLists.Label;
import dev.backfill.testkit.github.RepositoryLists.Milestone;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The plain lists of a repository, over real HTTP. */
class RepositoryListsTest {

  private static final String REPOSITORY = "/repos/sim/repo";

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository = repository(1);
  private final SimulatedGitHub github =
      SimulatedGitHub.builder().repository(repository).timeSource(time).start();
  private final Client client = new Client(github);

  private static SimulatedRepository repository(long seed) {
    SimulatedRepository.Builder builder =
        SimulatedRepository.builder("sim/repo").id(4711).seed(seed).formerName("old/name");
    RepositoryLists.ALL.forEach(list -> builder.rows(list, 250));
    return builder.build();
  }

  static List<RepositoryList<?>> lists() {
    return RepositoryLists.ALL;
  }

  @AfterEach
  void close() {
    github.close();
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void pagesContainAllRowsInOrder(RepositoryList<R> list) throws Exception {
    List<Map<String, Object>> expected = json(list, repository.list(list).rows());
    assertThat(expected).hasSize(250);
    assertThat(client.all(all(list) + "&per_page=100")).isEqualTo(expected);
    assertThat(client.all("/repositories/4711" + list.path() + "?state=all&per_page=60"))
        .isEqualTo(expected);
    assertThat(client.get(all(list)).list()).isEqualTo(expected.subList(0, 30));
    assertThat(client.get(all(list) + "&per_page=1000").list()).hasSize(100);
    assertThat(client.get(all(list) + "&page=10").list()).isEmpty();
    assertThat(github.requests(Endpoint.REPOSITORY_LIST)).isEqualTo(11);
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void pagesAreLinked(RepositoryList<R> list) throws Exception {
    String page = github.url() + "/repositories/4711" + list.path() + "?state=all&per_page=100";
    assertThat(client.get(all(list) + "&per_page=100").header("link"))
        .isEqualTo("<%s&page=2>; rel=\"next\", <%s&page=3>; rel=\"last\"".formatted(page, page));
    Reply last = client.get(page + "&page=3");
    assertThat(last.list()).hasSize(50);
    assertThat(last.header("link"))
        .isEqualTo("<%s&page=2>; rel=\"prev\", <%s&page=1>; rel=\"first\"".formatted(page, page));
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void aPageOfOneItemCountsThem(RepositoryList<R> list) throws Exception {
    String counting = all(list) + "&per_page=1";
    assertThat(client.get(counting).link("last")).endsWith("&page=250");
    repository.list(list).add();
    assertThat(client.get(counting).link("last")).endsWith("&page=251");
    github.overcountList(Endpoint.REPOSITORY_LIST, 3);
    assertThat(client.get(counting).link("last")).endsWith("&page=254");
    github.capList(Endpoint.REPOSITORY_LIST, 200);
    assertThat(client.get(counting).link("last")).endsWith("&page=200");
    assertThat(client.get(all(list) + "&per_page=100&page=3").status()).isEqualTo(422);
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void eachChangeChangesTheTagOfAllPages(RepositoryList<R> list) throws Exception {
    SimulatedList<R> rows = repository.list(list);
    String page = all(list) + "&page=2";
    String tag = client.get(page).header("etag");
    Reply same = client.get(page, "If-None-Match", tag);
    assertThat(same.status()).isEqualTo(304);
    assertThat(same.http().body()).isEmpty();
    for (Runnable change :
        List.<Runnable>of(
            rows::add,
            () -> rows.edit(rows.keys().get(0)),
            () -> rows.edit(rows.keys().get(0)),
            () -> rows.delete(rows.keys().get(249)))) {
      change.run();
      Reply changed = client.get(page, "If-None-Match", tag);
      assertThat(changed.status()).isEqualTo(200);
      tag = changed.header("etag");
      assertThat(client.get(page, "If-None-Match", tag).status()).isEqualTo(304);
    }
    assertThat(client.all(all(list))).isEqualTo(json(list, rows.rows()));
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void eachItemIsFoundByItsKeyAndAddress(RepositoryList<R> list) throws Exception {
    SimulatedList<R> rows = repository.list(list);
    for (R row : rows.rows().subList(0, 100)) {
      Map<String, Object> item = json(list, List.of(row)).get(0);
      assertThat(client.get(address(list, list.key(row))).object()).isEqualTo(item);
      assertThat(client.get((String) item.get("url")).object()).isEqualTo(item);
    }
    assertThat(github.requests(Endpoint.REPOSITORY_LIST_ITEM)).isEqualTo(200);
    String key = rows.keys().get(7);
    String tag = client.get(address(list, key)).header("etag");
    rows.edit(rows.keys().get(8));
    assertThat(client.get(address(list, key), "If-None-Match", tag).status()).isEqualTo(304);
    Map<String, Object> edited = json(list, List.of(rows.edit(key))).get(0);
    Reply reply = client.get(address(list, key), "If-None-Match", tag);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.object()).isEqualTo(edited);
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void anUnknownItemIsNotFound(RepositoryList<R> list) throws Exception {
    SimulatedList<R> rows = repository.list(list);
    String deleted = rows.keys().get(3);
    rows.delete(deleted);
    for (String path :
        List.of(
            address(list, deleted),
            REPOSITORY + list.path() + "/999999",
            REPOSITORY + list.path() + "/%25zz",
            REPOSITORY + list.path() + "/")) {
      Reply reply = client.get(path);
      assertThat(reply.status()).as(path).isEqualTo(404);
      assertThat(reply.object()).containsEntry("message", "Not Found");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rows.edit(deleted))
        .withMessageContaining(list.path() + " has no item " + deleted);
    assertThatIllegalArgumentException().isThrownBy(() -> rows.delete(deleted));
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void aDeletionBetweenTwoPagesHidesAnItem(RepositoryList<R> list) throws Exception {
    SimulatedList<R> rows = repository.list(list);
    List<Map<String, Object>> before = json(list, rows.rows());
    github.afterRequests(1, () -> rows.delete(rows.keys().get(5)));
    List<Map<String, Object>> found = client.all(all(list) + "&per_page=100");
    assertThat(found).hasSize(249).doesNotContain(before.get(100)).contains(before.get(5));
    assertThat(client.all(all(list) + "&per_page=100"))
        .hasSize(249)
        .contains(before.get(100))
        .doesNotContain(before.get(5));
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void faultsApplyToListAndItem(RepositoryList<R> list) throws Exception {
    String item = address(list, repository.list(list).keys().get(0));
    github.answerNext(Endpoint.REPOSITORY_LIST, WrongAnswer.NOTHING);
    github.answerNext(Endpoint.REPOSITORY_LIST_ITEM, WrongAnswer.UNAVAILABLE);
    assertThat(client.get(item).status()).isEqualTo(503);
    assertThat(client.get(all(list)).list()).isEmpty();
    assertThat(client.get(item).status()).isEqualTo(200);
    assertThat(client.get(all(list)).list()).hasSize(30);
    github.failNext(1, 500);
    assertThat(client.get(all(list)).status()).isEqualTo(500);
    github.limitPages(2);
    assertThat(client.get(all(list) + "&page=3").status()).isEqualTo(422);
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void aFormerNameRedirects(RepositoryList<R> list) throws Exception {
    String key = repository.list(list).keys().get(0);
    for (String path : List.of(list.path(), address(list, key).substring(REPOSITORY.length()))) {
      Reply moved = client.get("/repos/old/name" + path);
      assertThat(moved.status()).isEqualTo(301);
      assertThat(moved.header("location")).isEqualTo(github.url() + "/repositories/4711" + path);
      assertThat(client.get(moved.header("location")).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void rowsAreAFunctionOfTheSeed(RepositoryList<R> list) throws Exception {
    assertThat(repository(1).list(list).rows()).isEqualTo(repository.list(list).rows());
    assertThat(repository(2).list(list).rows()).isNotEqualTo(repository.list(list).rows());
    assertThat(json(list, repository.list(list).rows()).stream().map(json -> json.get("id")))
        .doesNotHaveDuplicates();
    assertThat(SimulatedRepository.of("sim/other", 0).list(list).rows())
        .hasSize(list.defaultCount());
  }

  @ParameterizedTest
  @MethodSource("lists")
  <R> void concurrentChangesAreAllKept(RepositoryList<R> list) {
    SimulatedList<R> rows = repository.list(list);
    List<String> before = rows.keys();
    CompletableFuture.allOf(
            IntStream.range(0, 100)
                .mapToObj(
                    i ->
                        CompletableFuture.runAsync(
                            () -> {
                              rows.add();
                              rows.edit(before.get(i + 100));
                              rows.delete(before.get(i));
                            }))
                .toArray(CompletableFuture[]::new))
        .join();
    assertThat(rows.keys())
        .hasSize(250)
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(before.subList(0, 100))
        .containsAll(before.subList(100, 250));
    assertThat(rows.snapshot().version()).isEqualTo(300);
  }

  @Test
  void aLabelHasGitHubsFields() throws Exception {
    Label label =
        repository.list(RepositoryLists.LABELS).edit("bug", old -> described(old, null, "0a1b2c"));
    assertThat(client.get(REPOSITORY + "/labels/bug").object())
        .isEqualTo(
            fields(
                "id",
                label.id(),
                "node_id",
                "LA_" + Long.toString(label.id(), 36),
                "url",
                github.url() + REPOSITORY + "/labels/bug",
                "name",
                "bug",
                "description",
                null,
                "color",
                "0a1b2c",
                "default",
                true));
    assertThat(label.id()).isGreaterThan(1L << 32);
    repository
        .list(RepositoryLists.LABELS)
        .edit("bug", old -> described(old, "It does \"not\" work", old.color()));
    assertThat(client.get(REPOSITORY + "/labels/bug").object())
        .containsEntry("description", "It does \"not\" work");
  }

  @Test
  void aMilestoneHasGitHubsFields() throws Exception {
    String due = "2026-03-01T08:00:00Z";
    Account creator = new Account(7, "ann", "User");
    Milestone milestone =
        repository
            .list(RepositoryLists.MILESTONES)
            .edit(
                "1",
                old ->
                    new Milestone(
                        old.id(),
                        1,
                        "v1",
                        null,
                        true,
                        creator,
                        3,
                        4,
                        time.now(),
                        time.now().minusSeconds(9),
                        null,
                        Instant.parse(due)));
    String url = github.url() + REPOSITORY + "/milestones/1";
    Map<String, Object> json = client.get(REPOSITORY + "/milestones/1").object();
    assertThat(Read.account(json, "creator")).isEqualTo(creator);
    json.remove("creator");
    assertThat(json)
        .isEqualTo(
            fields(
                "url",
                url,
                "html_url",
                "https://github.com/sim/repo/milestone/1",
                "labels_url",
                url + "/labels",
                "id",
                milestone.id(),
                "node_id",
                "MI_" + Long.toString(milestone.id(), 36),
                "number",
                1L,
                "title",
                "v1",
                "description",
                null,
                "open_issues",
                3L,
                "closed_issues",
                4L,
                "state",
                "open",
                "created_at",
                time.now().toString(),
                "updated_at",
                time.now().toString(),
                "due_on",
                due,
                "closed_at",
                null));
  }

  @Test
  void labelsHaveHardNamesAndTheirOrder() throws Exception {
    List<Label> labels = SimulatedRepository.of("sim/small", 0).list(RepositoryLists.LABELS).rows();
    assertThat(labels)
        .extracting(Label::name)
        .containsExactly(
            "100% done",
            "50%2Foff",
            "area/cursor store",
            "bug",
            "C++",
            "good first issue",
            "help wanted",
            "what?#1&x=y",
            "🚀 release");
    assertThat(labels.stream().filter(Label::isDefault))
        .extracting(Label::name)
        .containsExactly("bug", "good first issue", "help wanted");
    Map<String, Object> slash = client.get(REPOSITORY + "/labels/area%2Fcursor%20store").object();
    assertThat(slash)
        .containsEntry("name", "area/cursor store")
        .containsEntry("url", github.url() + REPOSITORY + "/labels/area/cursor%20store");
    assertThat(client.get(REPOSITORY + "/labels/C++").object()).containsEntry("name", "C++");
    assertThat(client.get(REPOSITORY + "/labels/area+cursor").status()).isEqualTo(404);
    assertThat(
            client.get(REPOSITORY + "/labels?direction=desc&sort=created&since=2030-01-01").list())
        .isEqualTo(client.get(REPOSITORY + "/labels").list());
  }

  @Test
  void aLabelIsRenamedToAFreeName() throws Exception {
    SimulatedList<Label> labels = repository.list(RepositoryLists.LABELS);
    Label renamed = labels.edit("bug", label -> named(label, "C++ 29"));
    assertThat(client.get(REPOSITORY + "/labels/C++%2029").object())
        .containsEntry("id", renamed.id());
    assertThat(client.get(REPOSITORY + "/labels/bug").status()).isEqualTo(404);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> labels.edit("C++ 29", label -> named(label, "help wanted")))
        .withMessageContaining("/labels has two items help wanted");
    // The next name that the list would derive is taken.
    labels.edit("C++ 29", label -> named(label, "help wanted 28"));
    IntStream.range(0, 20).forEach(i -> labels.add());
    assertThat(labels.keys()).hasSize(270).doesNotHaveDuplicates();
  }

  @Test
  void milestonesAreFilteredByStateAndSorted() throws Exception {
    SimulatedList<Milestone> milestones = repository.list(RepositoryLists.MILESTONES);
    List<Milestone> open = milestones.rows().stream().filter(Milestone::isOpen).toList();
    List<Milestone> closed = milestones.rows().stream().filter(each -> !each.isOpen()).toList();
    assertThat(open).hasSizeGreaterThan(100);
    assertThat(closed).hasSizeGreaterThan(50);
    String list = REPOSITORY + "/milestones?per_page=100";
    assertThat(numbers(list)).isEqualTo(numbers(open));
    assertThat(numbers(list + "&state=open")).isEqualTo(numbers(open));
    assertThat(numbers(list + "&state=closed")).isEqualTo(numbers(closed));
    List<Long> all = numbers(milestones.rows());
    assertThat(numbers(list + "&state=all&sort=due_on&direction=asc")).isEqualTo(all);
    Collections.reverse(all);
    assertThat(numbers(list + "&state=all&direction=desc")).isEqualTo(all);
    assertThat(
            client.all(list + "&state=all").stream()
                .map(json -> String.valueOf(json.get("due_on")))
                .dropWhile("null"::equals))
        .hasSizeGreaterThan(150)
        .isSorted();
    assertThat(
            client.all(list + "&state=all&sort=completeness").stream()
                .map(RepositoryListsTest::completeness))
        .isSorted();
  }

  @Test
  void aMilestoneIsClosedAddedAndDeleted() throws Exception {
    SimulatedList<Milestone> milestones = repository.list(RepositoryLists.MILESTONES);
    Milestone closed = milestones.edit("1", milestone -> milestone.closed(time.now()));
    assertThat(closed.updatedAt()).isEqualTo(time.now());
    assertThat(client.get(REPOSITORY + "/milestones/1").object())
        .containsEntry("state", "closed")
        .containsEntry("closed_at", time.now().toString())
        .containsEntry("updated_at", time.now().toString());
    assertThat(milestones.edit("1").updatedAt()).isEqualTo(time.now().plusSeconds(1));
    time.advance(Duration.ofDays(1));
    milestones.delete("250");
    Milestone added = milestones.add();
    assertThat(added.number()).isEqualTo(251);
    assertThat(added.createdAt()).isEqualTo(time.now());
    assertThat(client.get(REPOSITORY + "/milestones/251").object())
        .containsEntry("state", "open")
        .containsEntry("open_issues", 0L)
        .containsEntry("created_at", time.now().toString());
  }

  @Test
  void defaultMilestonesContainEachKind() {
    List<Milestone> milestones =
        SimulatedRepository.of("sim/small", 0).list(RepositoryLists.MILESTONES).rows();
    assertThat(milestones).extracting(Milestone::isOpen).contains(true, false);
    assertThat(milestones).extracting(Milestone::dueOn).containsNull();
    assertThat(milestones)
        .allSatisfy(
            each -> {
              assertThat(each.isOpen()).isEqualTo(each.closedAt() == null);
              assertThat(each.updatedAt()).isAfterOrEqualTo(each.createdAt());
            });
  }

  @Test
  void theBuilderSetsTheirCounts() throws Exception {
    SimulatedRepository other =
        SimulatedRepository.builder("sim/other").id(4712).labels(31).milestones(0).build();
    github.replace(other);
    assertThat(client.all("/repos/sim/other/labels")).hasSize(31);
    assertThat(client.get("/repos/sim/other/milestones?state=all").list()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SimulatedRepository.builder("sim/other").labels(-1))
        .withMessageContaining("/labels is -1");
  }

  @Test
  void listsStayWhileIssuesAreOff() throws Exception {
    repository.switchIssuesOff(410);
    repository.switchPullRequests(false);
    assertThat(client.get(REPOSITORY + "/labels").status()).isEqualTo(200);
    assertThat(client.get(REPOSITORY + "/milestones").status()).isEqualTo(200);
  }

  @Test
  void otherPathsBelowAListAreNotFound() throws Exception {
    assertThat(Route.of(REPOSITORY + "/milestones/1/labels").endpoint()).isEqualTo(Endpoint.OTHER);
    // The JDK's client refuses to send this one.
    assertThat(RepositoryLists.LABELS.keyAt("/labels/%zz")).isNull();
    assertThat(Route.of(REPOSITORY + "/labelsx").endpoint()).isEqualTo(Endpoint.OTHER);
    assertThat(client.get(REPOSITORY + "/milestones/v0.1").status()).isEqualTo(404);
    assertThat(
            client
                .post(REPOSITORY + "/labels", new byte[0], "Authorization", "Bearer any")
                .status())
        .isEqualTo(404);
  }

  private static String all(RepositoryList<?> list) {
    return REPOSITORY + list.path() + "?state=all";
  }

  private static String address(RepositoryList<?> list, String key) {
    String encoded = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    return REPOSITORY + list.path() + "/" + encoded;
  }

  /** Rows as a client reads them, by the list's own writer. */
  private <R> List<Map<String, Object>> json(RepositoryList<R> list, List<R> rows)
      throws IOException {
    byte[] bytes =
        Json.bytes(
            json -> {
              json.writeStartArray();
              for (R row : rows) {
                list.write(json, row, repository.repository(), github.url().toString());
              }
              json.writeEndArray();
            });
    return Client.list(bytes);
  }

  private List<Long> numbers(String target) throws Exception {
    return client.all(target).stream().map(json -> (Long) json.get("number")).toList();
  }

  private static List<Long> numbers(List<Milestone> milestones) {
    return new ArrayList<>(
        milestones.stream().map(milestone -> (long) milestone.number()).toList());
  }

  private static double completeness(Map<String, Object> json) {
    long open = (Long) json.get("open_issues");
    long closed = (Long) json.get("closed_issues");
    return open + closed == 0 ? 0 : (double) closed / (open + closed);
  }

  private static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private static Label described(Label label, @Nullable String description, String color) {
    return new Label(label.id(), label.name(), description, color, label.isDefault());
  }

  private static Label named(Label label, String name) {
    return new Label(label.id(), name, label.description(), label.color(), label.isDefault());
  }
}
