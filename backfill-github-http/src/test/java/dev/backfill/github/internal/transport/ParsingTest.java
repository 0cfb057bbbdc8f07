package dev.backfill.github.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the bytes of an answer to items: what it costs, and what is done with unusual bytes. */
class ParsingTest {

  private static final Repository REPOSITORY = new Repository(1, "o/r", false, "", null, null);
  private static final URI ADDRESS = URI.create("http://localhost/repos/o/r/pulls");

  /** What an item may cost beside what it is: the list, the page's bytes, reading them. */
  private static final int MAX_BYTES_BESIDE = 1_000;

  private static Response answer(byte[] body, String encoding) {
    HttpHeaders headers =
        HttpHeaders.of(Map.of("content-encoding", List.of(encoding)), (name, value) -> true);
    return new Response(new RawResponse(ADDRESS, 200, headers, body), false, Instant.EPOCH);
  }

  private static byte[] packed(byte[] text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text);
    }
    return packed.toByteArray();
  }

  private static List<ParsedItem<PullRequest>> items(Response answer) throws IOException {
    return JsonText.readList(answer, PullRequestMapper.ofLists(), REPOSITORY, "list");
  }

  private static String pullRequest(String title, String more) {
    return ("{'id':5,'number':7,'html_url':'','title':'%s','body':null,'state':'open',"
            + "'created_at':'2020-01-01T00:00:00Z','updated_at':'2020-01-01T00:00:00Z',"
            + "'base':{'ref':'main'}%s}")
        .formatted(title, more)
        .replace('\'', '"');
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip"})
  void aPullRequestCostsAtMost1000BytesBesideItsOwn(String encoding) throws Exception {
    byte[] body;
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/repo", 200)).start()) {
      URI page =
          URI.create(
              github.url()
                  + "/repos/sim/repo/pulls?state=all&sort=created&direction=asc&per_page=100");
      HttpResponse<byte[]> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(page).header("Accept-Encoding", encoding).build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      body = response.body();
    }
    List<ParsedItem<PullRequest>> once = items(answer(body, encoding));
    assertThat(once).hasSize(100).allMatch(item -> item.item() != null);
    // What is unpacked is a copy of the page, a few thousand bytes for each pull request.
    long text = encoding.equals("gzip") ? answer(body, encoding).bytes().length : 0;
    long own = once.stream().mapToLong(item -> size(Objects.requireNonNull(item.item()))).sum();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 200; i++) {
      Response fresh = answer(body, encoding);
      long before = allocated();
      List<ParsedItem<PullRequest>> read = items(fresh);
      least = Math.min(least, allocated() - before);
      assertThat(read).hasSize(100);
    }
    assertThat((least - own - text) / 100).isBetween(0L, (long) MAX_BYTES_BESIDE);
  }

  /** What stays of it, at the sizes of a virtual machine with compressed references. */
  private static long size(PullRequest item) {
    long itself = 96;
    long times = 24L * (2 + (item.closedAt() == null ? 0 : 1) + (item.mergedAt() == null ? 0 : 1));
    return itself
        + times
        + size(item.htmlUrl())
        + size(item.title())
        + size(item.body())
        + size(item.headRef())
        + size(item.headSha())
        + size(item.baseSha());
  }

  private static long size(String text) {
    if (text == null) {
      return 0;
    }
    boolean narrow = text.chars().allMatch(c -> c < 256);
    return 24 + (16L + text.length() * (narrow ? 1 : 2) + 7) / 8 * 8;
  }

  /** By reflection: the module under test does not read the one that this is in. */
  private static long allocated() throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method bytes =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
    return (long) bytes.invoke(threads, Thread.currentThread().getId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip"})
  void whatIsNotUtf8BecomesAReplacementAndTheRestIsKept(String encoding) throws Exception {
    byte[] text =
        ("[" + pullRequest("gr?n", "") + "," + pullRequest("fine \u4e2d", "") + "]")
            .getBytes(StandardCharsets.UTF_8);
    text[new String(text, StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xFC;
    Response answer = answer(encoding.equals("gzip") ? packed(text) : text, encoding);
    assertThat(answer.bytes()).isNull();
    assertThat(items(answer))
        .extracting(item -> Objects.requireNonNull(item.item()).title())
        .containsExactly("gr\uFFFDn", "fine \u4e2d");
  }

  @Test
  void aRejectedItemIsShownFromItsFirstToItsLastCharacterWhateverTheBytes() throws Exception {
    String broken = pullRequest("\u4e2d\ud83d\ude00", ",\"closed_at\":true");
    String list = "[" + pullRequest("gr\u00fcn", "") + " ,\n " + broken + ", 17]";
    byte[] valid = list.getBytes(StandardCharsets.UTF_8);
    byte[] invalid = valid.clone();
    // The first letter of the first title: the place of the second item stays the same.
    invalid[new String(valid, StandardCharsets.ISO_8859_1).indexOf("gr")] = (byte) 0xFF;
    for (byte[] text : List.of(valid, packed(valid), invalid, packed(invalid))) {
      List<ParsedItem<PullRequest>> read = items(answer(text, text[0] == '[' ? "" : "gzip"));
      assertThat(read).hasSize(3);
      assertThat(Objects.requireNonNull(read.get(1).rejected()).payload()).isEqualTo(broken);
      assertThat(Objects.requireNonNull(read.get(1).rejected()).key()).isEqualTo("7");
      assertThat(Objects.requireNonNull(read.get(2).rejected()).payload()).isEqualTo("17");
      assertThat(Objects.requireNonNull(read.get(2).rejected()).key()).isEqualTo("page:list#2");
    }
  }

  @Test
  void aTextThatIsTooLargeForMemoryIsReadAsItComes() throws Exception {
    String padding = " ".repeat(1 << 20);
    StringBuilder list = new StringBuilder("[").append(pullRequest("first", ""));
    for (int i = 0; i < 17; i++) {
      list.append(padding);
    }
    list.append(',').append(pullRequest("second", "")).append(']');
    Response answer = answer(packed(list.toString().getBytes(StandardCharsets.UTF_8)), "gzip");
    assertThat(answer.bytes()).isNull();
    assertThat(items(answer))
        .extracting(item -> Objects.requireNonNull(item.item()).title())
        .containsExactly("first", "second");
  }

  @Test
  void aBombIsNotUnpackedToItsEnd() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 129; i++) {
        out.write(blanks);
      }
    }
    Response answer = answer(bomb.toByteArray(), "gzip");
    assertThatThrownBy(() -> items(answer))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("larger than");
  }

  @Test
  void whatRepeatsFromItemToItemIsOneObject() throws Exception {
    String user = ",\"user\":{\"id\":9,\"login\":\"ann\",\"type\":\"User\"}";
    String list = "[" + pullRequest("a", user) + "," + pullRequest("b", user) + "]";
    List<ParsedItem<PullRequest>> read = items(answer(list.getBytes(StandardCharsets.UTF_8), ""));
    Account first = Objects.requireNonNull(read.get(0).item()).author();
    Account second = Objects.requireNonNull(read.get(1).item()).author();
    assertThat(first).isEqualTo(new Account(9, "ann", "User")).isSameAs(second);
    assertThat(Objects.requireNonNull(read.get(0).item()).baseRef())
        .isSameAs(Objects.requireNonNull(read.get(1).item()).baseRef());
  }

  @Test
  void aFieldThatIsMissingIsNotTheOneOfTheItemBefore() throws Exception {
    String list =
        "["
            + pullRequest("a", ",\"draft\":true,\"head\":{\"ref\":\"topic\"},\"user\":{\"id\":1}")
            + ",{\"id\":6,\"number\":8,\"title\":\"b\",\"state\":\"open\",\"base\":{\"ref\":\"x\"},"
            + "\"created_at\":\"2020-01-01T00:00:00Z\"},"
            + pullRequest("c", "")
            + "]";
    List<ParsedItem<PullRequest>> read = items(answer(list.getBytes(StandardCharsets.UTF_8), ""));
    assertThat(Objects.requireNonNull(read.get(1).rejected()).error())
        .endsWith("updated_at is missing");
    PullRequest last = Objects.requireNonNull(read.get(2).item());
    assertThat(last.headRef()).isNull();
    assertThat(last.draft()).isFalse();
    assertThat(last.author()).isNull();
  }
}
