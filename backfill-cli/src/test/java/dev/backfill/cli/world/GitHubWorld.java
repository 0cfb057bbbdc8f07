package dev.backfill.cli.world;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.SimulatedProcess;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.github.SimulatedClient;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.InProcessHttp;
import dev.backfill.testkit.github.InProcessHttp.Fate;
import dev.backfill.testkit.github.InProcessHttp.Seen;
import dev.backfill.testkit.github.InProcessHttp.Sent;
import dev.backfill.testkit.github.Limit;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.RepositoryView;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.WrongAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A world of GitHub, read by real clients and engines: one repository that changes beside any
 * request, limits, wrong answers, page caps, features that come and go, queries that never work,
 * and one to three processes over one store. A seed decides everything. All happens in one thread:
 * while one process waits for an answer, another one may take its whole turn.
 */
final class GitHubWorld {

  static final String TARGET = "sim/repo";

  private static final String HOST = "127.0.0.1";
  private static final int MAX_DEPTH = 2;
  private static final int MAX_CALM_ROUNDS = 80;
  private static final int MAX_CALM_FAILURES = 4;
  private static final long MAX_REQUESTS = 6_000;

  /** How old what a client knows of others' limits may be. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** Limits of two processes that end within so long of each other are one. */
  private static final Duration SAME = Duration.ofSeconds(1);

  /** Two minutes for replicas that lag, and one in which a repository is not looked up again. */
  private static final Duration RECENT = Duration.ofMinutes(3).plusSeconds(1);

  private static final Pattern BEGUN =
      Pattern.compile("\"stage\":\"catch-up\".*\"mark\":\"([^\"]+)\"");

  /** A limit that was told. */
  private record ReportedLimit(Instant until, Instant at, int process) {}

  private record Bucket(int owner, boolean queries) {}

  private final WorldSettings settings;
  private final Random random;
  private final Map<String, Long> coverage;
  private final boolean tracing = Boolean.getBoolean("backfill.worlds.trace");
  private final ManualTimeSource time = new ManualTimeSource();
  private final InMemoryStore memory = new InMemoryStore(time);
  private final ProgressStore store = memory.progress();
  private final SharedLimits limits = memory.limits();
  private final SimulatedRepository repository;
  private final RepositoryView view;
  private final SimulatedGitHub github;
  private final WorldChanges changes;
  private final List<Stream<?>> streams = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final Map<Bucket, List<ReportedLimit>> reported = new HashMap<>();
  private final Set<String> answeredWrongly = new HashSet<>();
  private boolean pullRequestsOn = true;
  private boolean issuesOn = true;
  private boolean calm;
  private int depth;
  private int born;
  private long requests;
  private long trace = 17;
  private String violation;

  private GitHubWorld(long seed, Map<String, Long> coverage) {
    this.random = new Random(seed);
    this.coverage = coverage;
    this.settings = WorldSettings.of(random);
    this.repository =
        SimulatedRepository.builder(TARGET)
            .seed(random.nextInt(1_000_000))
            .pullRequests(settings.pullRequests())
            .reviews(0)
            .reviewComments(settings.comments())
            .issueComments(settings.comments())
            .build();
    this.view = new RepositoryView(repository);
    this.changes = new WorldChanges(repository, view, time, random);
    SimulatedGitHub.Builder builder =
        SimulatedGitHub.builder()
            .repository(repository)
            .latency(
                Duration.ofMillis(settings.latency() / 4), Duration.ofMillis(settings.latency()))
            .quota(settings.quota() == 0 ? 1_000_000 : settings.quota(), Duration.ofMinutes(20))
            .graphqlQuota(1_000_000, Duration.ofHours(1))
            .timeSource(time);
    for (int owner = 0; owner < settings.owners() && settings.token(); owner++) {
      builder.token(token(owner), "user-" + owner);
    }
    this.github = InProcessHttp.without(builder);
    addStreams();
    Endpoint[] lists = {Endpoint.PULL_REQUESTS, Endpoint.REVIEW_COMMENTS, Endpoint.ISSUE_COMMENTS};
    for (int i = 0; i < lists.length; i++) {
      if (settings.caps().get(i) > 0) {
        // Whole pages, as the caps of the real GitHub are.
        github.capList(lists[i], settings.caps().get(i) * settings.restPage());
      }
    }
    for (int number : repository.numbers().toArray()) {
      if (random.nextInt(3) == 0) {
        repository.addReviews(number, random.nextInt(8) == 0 ? 9 + random.nextInt(30) : 1);
      }
    }
    time.advance(Duration.ofMinutes(30));
    for (int i = 0; i < settings.processes(); i++) {
      processes.add(new Process(i));
    }
  }

  private static String token(int owner) {
    return "ghp_tokenOfTheWorldsOwner" + owner;
  }

  /**
   * Lets a world happen.
   *
   * @return a number that two worlds share if the same has happened in them
   */
  static long run(long seed, Map<String, Long> coverage) {
    GitHubWorld world = new GitHubWorld(seed, coverage);
    try {
      world.run();
      return world.trace;
    } catch (Exception | Error e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + world.settings, e);
    } finally {
      world.processes.forEach(process -> process.client.close());
    }
  }

  // What there is.

  private void addStreams() {
    Set<PullRequestExtra> extras = EnumSet.noneOf(PullRequestExtra.class);
    if ((settings.extras() & 1) != 0) {
      extras.add(PullRequestExtra.DETAILS);
    }
    if ((settings.extras() & 2) != 0) {
      extras.add(PullRequestExtra.REVIEWS);
    }
    if ((settings.streams() & 1) != 0) {
      streams.add(
          new Stream<>(
              Endpoint.PULL_REQUESTS,
              settings.caps().get(0) * settings.restPage(),
              new InMemoryTable<PullRequest>(
                  item -> Integer.toString(item.number()), item -> item.updatedAt()),
              client -> client.pullRequests(extras, settings.transport()),
              view::pullRequests,
              repository::pullRequests,
              this::shown));
    }
    if ((settings.streams() & 2) != 0) {
      streams.add(
          new Stream<>(
              Endpoint.REVIEW_COMMENTS,
              settings.caps().get(1) * settings.restPage(),
              new InMemoryTable<ReviewComment>(
                  item -> Long.toString(item.githubId()), item -> item.updatedAt()),
              GitHub::reviewComments,
              view::reviewComments,
              repository::reviewComments,
              item ->
                  item.pullRequestNumber()
                      + " "
                      + item.createdAt()
                      + item.updatedAt()
                      + item.body()));
    }
    if ((settings.streams() & 4) != 0) {
      streams.add(
          new Stream<>(
              Endpoint.ISSUE_COMMENTS,
              settings.caps().get(2) * settings.restPage(),
              new InMemoryTable<IssueComment>(
                  item -> Long.toString(item.githubId()), item -> item.updatedAt()),
              GitHub::issueComments,
              view::issueComments,
              repository::issueComments,
              item ->
                  item.issueNumber() + " " + item.createdAt() + item.updatedAt() + item.body()));
    }
  }

  /** What both transports say alike of a pull request, without its reviews. */
  private String shown(PullRequest item) {
    PullRequest.Details details = item.details();
    return item.title()
        + item.open()
        + item.draft()
        + Arrays.asList(item.createdAt(), item.updatedAt(), item.closedAt(), item.mergedAt())
        + Arrays.asList(item.headRef(), item.headSha(), item.baseRef(), item.baseSha())
        + (details == null || (settings.extras() & 1) == 0
            ? ""
            : List.of(
                details.additions(), details.deletions(), details.commits(), details.comments()));
  }

  /** A client and an engine. */
  private final class Process implements InProcessHttp.Around {

    final int owner;
    final int number = born++;
    final GitHub client;
    final BackfillEngine engine;
    boolean busy;

    Process(int owner) {
      this.owner = owner % settings.owners();
      GitHub.Builder builder =
          GitHub.builder()
              .apiUrl(github.url())
              .token(settings.token() ? token(this.owner) : null)
              .timeSource(time)
              .random(new Random(random.nextLong()))
              .sharedLimits(limits)
              .pagesAhead(settings.pagesAhead())
              .detailConcurrency(2)
              .proxyEnvironment(Map.of());
      client =
          SimulatedClient.of(
                  builder,
                  InProcessHttp.of(github, time, this, settings.compressed()),
                  settings.restPage(),
                  settings.queryPage())
              .build();
      BackfillEngine.Builder engines =
          BackfillEngine.builder(store)
              .timeSource(time)
              .lease(Duration.ofHours(24))
              .failureReporter(Silence.INSTANCE)
              .random(new Random(random.nextLong()));
      if (settings.chunk() > 0) {
        engines.policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(settings.chunk()));
      }
      engine = SimulatedProcess.of(engines, "process " + number).build();
    }

    @Override
    public Fate before(Sent sent) throws InterruptedException {
      arrive(this, sent);
      if (calm) {
        return Fate.GOOD;
      }
      disturb();
      return fate(sent);
    }

    @Override
    public void after(Sent sent, Seen seen) throws InterruptedException {
      note(number, sent.endpoint().ordinal(), seen.status());
      log(() -> "  " + time.now() + " p" + number + " " + seen.status() + " " + sent.uri());
      if (!calm) {
        disturb();
      }
      if (seen.until() != null) {
        count("limit told");
        reported
            .computeIfAbsent(new Bucket(owner, sent.isQuery()), key -> new ArrayList<>())
            .add(new ReportedLimit(seen.until(), time.now(), number));
      }
    }
  }

  // What happens.

  private void run() throws InterruptedException {
    refuseQueries(settings.queries());
    for (int i = 0; i < settings.steps(); i++) {
      step();
    }
    comeToRest();
    for (Stream<?> stream : streams) {
      end(stream);
    }
    time.advance(Duration.ofMinutes(10));
    for (Stream<?> stream : streams) {
      retry(stream);
      end(stream);
      check(stream);
    }
    count("worlds");
    coverage.merge("requests", requests, Long::sum);
    coverage.merge("most requests", requests, Math::max);
  }

  private void step() throws InterruptedException {
    switch (random.nextInt(16)) {
      case 0 -> time.advance(Duration.ofSeconds(random.nextInt(200)));
      case 1, 2 -> change();
      case 3 -> toggle();
      case 4 -> replaceProcess();
      case 5 -> {
        if (settings.queries() != 0 && !settings.forGood()) {
          refuseQueries(random.nextBoolean() ? settings.queries() : 0);
        }
      }
      default -> runIdleProcess();
    }
  }

  /** A process that has nothing to do runs a slice. */
  private void runIdleProcess() throws InterruptedException {
    List<Process> idle = processes.stream().filter(process -> !process.busy).toList();
    if (idle.isEmpty()) {
      return;
    }
    Process process = idle.get(random.nextInt(idle.size()));
    Stream<?> stream = streams.get(random.nextInt(streams.size()));
    if (depth == 0 && time.now().isBefore(stream.notBefore) && random.nextInt(4) != 0) {
      time.advance(Duration.between(time.now(), stream.notBefore));
    }
    SliceLimits slice = SliceLimits.UNLIMITED;
    if (random.nextInt(3) != 0) {
      slice = slice.withMaxChunks(1 + random.nextInt(4));
    }
    int kind = random.nextInt(12);
    slice(process, stream, slice, kind == 0 ? Kind.VERIFY : kind == 1 ? Kind.RETRY : Kind.RUN);
  }

  private enum Kind {
    RUN,
    VERIFY,
    RETRY
  }

  private <T> SliceResult slice(Process process, Stream<T> stream, SliceLimits slice, Kind kind)
      throws InterruptedException {
    BackfillSpec<T> job = stream.job(process.client);
    if (kind == Kind.RETRY && store.find(job.key()).isEmpty()) {
      return null;
    }
    boolean begins = stream.session == null;
    if (begins && kind != Kind.RETRY) {
      stream.session = stream.expected();
      stream.excepted = !isOn(stream) || goesOnWithPass(job);
    }
    process.busy = true;
    SliceResult result;
    try {
      result =
          switch (kind) {
            case RUN -> process.engine.runSlice(job, slice);
            case VERIFY -> process.engine.verify(job, slice);
            case RETRY -> process.engine.retryQuarantined(job, Set.of(), slice);
          };
    } finally {
      process.busy = false;
    }
    if (violation != null) {
      throw new AssertionError(violation);
    }
    count(kind + " " + result.getClass().getSimpleName());
    log(() -> time.now() + " p" + process.number + " " + kind + " " + stream + " " + brief(result));
    note(kind.ordinal(), stream.list.ordinal(), result.getClass().getSimpleName().hashCode());
    if (result instanceof SliceResult.Held && begins) {
      stream.session = null;
    }
    if (result instanceof SliceResult.ContinueAt later) {
      stream.notBefore = later.until();
    }
    if (result instanceof SliceResult.Done done && kind != Kind.RETRY) {
      checkCompletion(stream, done.backfill());
      stream.session = null;
    }
    return result;
  }

  /**
   * Whether the next session ends a pass of the catch-up that was begun in the minutes before, or
   * is the fifth: what has changed since is then left to the session after it, as the docs say.
   */
  private boolean goesOnWithPass(BackfillSpec<?> job) {
    String cursor = store.find(job.key()).map(known -> known.cursor().value()).orElse("");
    Matcher begun = BEGUN.matcher(cursor);
    return begun.find()
        && (cursor.contains("\"pass\":5")
            || Instant.parse(begun.group(1)).isAfter(time.now().minus(RECENT)));
  }

  private static String brief(SliceResult result) {
    String text = result.toString();
    return result.getClass().getSimpleName()
        + " "
        + result.backfill()
        + " "
        + result.counts()
        + (result instanceof SliceResult.Stopped stopped ? " " + stopped.message() : "");
  }

  private void change() {
    String what = changes.change();
    count("change: " + what.replaceAll(" ?\\d+.*", "").replaceAll(" of$", ""));
    log(() -> "  " + time.now() + " change: " + what);
  }

  private void toggle() {
    if (!settings.switches()) {
      return;
    }
    count("feature switched");
    if (random.nextBoolean()) {
      pullRequestsOn = !pullRequestsOn;
      repository.switchPullRequests(pullRequestsOn);
    } else {
      issuesOn = !issuesOn;
      if (issuesOn) {
        repository.switchIssuesOn();
      } else {
        repository.switchIssuesOff(random.nextBoolean() ? 404 : 410);
      }
    }
    log(() -> "  pull requests " + pullRequestsOn + ", issues " + issuesOn);
    streams.stream().filter(stream -> !isOn(stream)).forEach(stream -> stream.excepted = true);
  }

  private boolean isOn(Stream<?> stream) {
    return stream.list == Endpoint.ISSUE_COMMENTS ? issuesOn : pullRequestsOn;
  }

  private void replaceProcess() {
    int index = random.nextInt(processes.size());
    Process old = processes.get(index);
    if (!old.busy) {
      count("process replaced");
      old.client.close();
      processes.set(index, new Process(old.owner));
    }
  }

  private void refuseQueries(int how) {
    if (how != 0) {
      count("queries refused: " + how);
    }
    github.graphqlRefuses(Math.max(0, how));
    InProcessHttp.forbidNodes(github, how == -1);
    repository.numbers().forEach(how == -2 ? github::brokenNode : github::heal);
  }

  // What happens around a request.

  private void arrive(Process process, Sent sent) {
    requests++;
    if (!HOST.equals(sent.uri().getHost())) {
      violated("a request to " + sent.uri());
    }
    if (requests > MAX_REQUESTS) {
      violated("more than " + MAX_REQUESTS + " requests");
    }
    for (ReportedLimit limit :
        reported.getOrDefault(new Bucket(process.owner, sent.isQuery()), List.of())) {
      boolean own = limit.process() == process.number;
      boolean known = own || (settings.token() && !sent.at().isBefore(limit.at().plus(FRESH)));
      Instant until = own ? limit.until() : limit.until().minus(SAME);
      if (known && sent.at().isBefore(until)) {
        violated("process " + process.number + " sent " + sent + " in spite of " + limit);
      }
    }
  }

  /**
   * Reports it at once, and again after the slice, as an engine may take an error for a failure.
   */
  private void violated(String what) {
    violation = what;
    throw new AssertionError(what);
  }

  private void disturb() throws InterruptedException {
    if (random.nextInt(1_000) < settings.changes()) {
      change();
    }
    if (settings.switches() && random.nextInt(40) == 0) {
      toggle();
    }
    if (processes.size() > 1 && depth < MAX_DEPTH && random.nextInt(30) == 0) {
      count("another process meanwhile");
      depth++;
      runIdleProcess();
      depth--;
    }
  }

  private Fate fate(Sent sent) {
    if (random.nextInt(1_000) < settings.limits()) {
      count("limit");
      github.limitNext(limit());
    }
    boolean again = answeredWrongly.remove(sent.question());
    if (again || random.nextInt(1_000) >= settings.wrong()) {
      return Fate.GOOD;
    }
    // The same question is not answered wrongly twice in a row: what is asked once more is then
    // told rightly, which is all that the docs promise of lists that are empty by mistake.
    answeredWrongly.add(sent.question());
    int kind = random.nextInt(WrongAnswer.values().length + 1);
    count("wrong answer");
    log(() -> "  wrong " + kind);
    return kind == WrongAnswer.values().length
        ? new Fate(null, true)
        : new Fate(WrongAnswer.values()[kind], false);
  }

  private Limit limit() {
    Limit one = Limit.of(Duration.ofSeconds(1 + random.nextInt(150)));
    one = one.retryAfter(Limit.RetryAfter.values()[random.nextInt(3)]);
    return switch (random.nextInt(4)) {
      case 0 -> one.status(429);
      case 1 -> settings.token() ? one.on(QuotaResource.GRAPHQL).status(200) : one;
      default -> one;
    };
  }

  // The end.

  private void comeToRest() {
    calm = true;
    if (!pullRequestsOn) {
      pullRequestsOn = true;
      repository.switchPullRequests(true);
    }
    if (!issuesOn) {
      issuesOn = true;
      repository.switchIssuesOn();
    }
    if (!settings.forGood()) {
      refuseQueries(0);
    }
    log(() -> time.now() + " calm");
  }

  /** Runs a stream to its end. */
  private void end(Stream<?> stream) throws InterruptedException {
    untilDone(stream, Kind.RUN);
  }

  private void retry(Stream<?> stream) throws InterruptedException {
    if (!quarantined(stream).isEmpty()) {
      untilDone(stream, Kind.RETRY);
    }
  }

  private void untilDone(Stream<?> stream, Kind kind) throws InterruptedException {
    int failures = 0;
    for (int round = 0; round < MAX_CALM_ROUNDS; round++) {
      if (time.now().isBefore(stream.notBefore)) {
        time.advance(Duration.between(time.now(), stream.notBefore));
      }
      Process process = processes.get(random.nextInt(processes.size()));
      SliceResult result = slice(process, stream, SliceLimits.UNLIMITED, kind);
      if (result instanceof SliceResult.Done) {
        return;
      }
      if (result instanceof SliceResult.Stopped stopped && ++failures > MAX_CALM_FAILURES) {
        throw new AssertionError(stream + " fails for ever: " + stopped.message());
      }
    }
    throw new AssertionError(stream + " does not end: " + backfill(stream));
  }

  private Backfill backfill(Stream<?> stream) {
    return store.find(stream.key(processes.get(0).client)).orElseThrow();
  }

  private List<QuarantinedItem> quarantined(Stream<?> stream) {
    return store.quarantined(backfill(stream).id(), 10_000);
  }

  /** What a session that says that it is complete must have stored. */
  private <T> void checkCompletion(Stream<T> stream, Backfill done) {
    BackfillStatus status = done.status();
    require(status.isCompleted(), stream + " is done and " + status);
    Set<String> held =
        store.quarantined(done.id(), 10_000).stream()
            .map(item -> item.item().key())
            .collect(Collectors.toCollection(TreeSet::new));
    long stayed = held.stream().filter(key -> !stream.table.items.containsKey(key)).count();
    require(
        done.counters().processed() == stream.table.items.size() + stayed
            && done.counters().quarantined() == held.size(),
        stream
            + " counts "
            + done.counters()
            + " with "
            + stream.table.items.size()
            + " rows and in quarantine "
            + held);
    boolean gap = mayHaveGap(stream, done);
    require(
        status
                == (held.isEmpty() && !gap
                    ? BackfillStatus.COMPLETED
                    : BackfillStatus.COMPLETED_WITH_GAPS)
            || gap,
        stream + " is " + status + " with " + held + " in quarantine, note " + done.note());
    if (stream.excepted || gap || stream.session == null) {
      return;
    }
    List<String> missing =
        stream.session.entrySet().stream()
            .filter(
                item -> {
                  Instant stored = stream.table.updatedAt(item.getKey());
                  return (stored == null || stored.isBefore(item.getValue()))
                      && !held.contains(item.getKey());
                })
            .map(Map.Entry::getKey)
            .toList();
    if (!missing.isEmpty()) {
      Map<String, Instant> now = stream.expected();
      List<String> lost = missing.stream().filter(now::containsKey).sorted().toList();
      require(lost.isEmpty(), stream + " is complete without " + lost);
    }
  }

  /** Whether a page cap cannot be passed, as the docs say, and the backfill says so. */
  private boolean mayHaveGap(Stream<?> stream, Backfill done) {
    String note = done.note();
    if (note == null || !note.contains("page cap") || stream.cap == 0) {
      return false;
    }
    if (stream.list == Endpoint.PULL_REQUESTS) {
      // Where pull requests are switched off queries are refused, and a page of one that fails is
      // taken for a pull request that queries cannot read.
      return settings.transport() == GitHubTransport.REST
          || !settings.token()
          || settings.queries() != 0
          || settings.switches()
          || (settings.queryPage() == 1 && settings.wrong() > 0);
    }
    // A second is read together with the one before it, and with the item behind it that shows
    // where it ends; what was more than the cap may have been deleted since.
    return stream.cap < 2 * WorldChanges.MAX_IN_A_SECOND + 1;
  }

  /**
   * What is stored is what there is, in its newest version; of what was deleted either is right.
   */
  private <T> void check(Stream<T> stream) {
    Backfill done = backfill(stream);
    if (mayHaveGap(stream, done)) {
      count("gap behind a page cap");
      return;
    }
    Set<String> existing = stream.expected().keySet();
    List<String> held =
        quarantined(stream).stream()
            .map(item -> item.item().key())
            .filter(existing::contains)
            .toList();
    require(held.isEmpty(), stream + " keeps in quarantine " + quarantined(stream));
    Map<String, String> expected = new HashMap<>();
    stream
        .exact
        .get()
        .forEach(item -> expected.put(stream.table.keyOf(item), stream.shown.apply(item)));
    expected.forEach(
        (key, text) -> {
          T stored = stream.table.items.get(key);
          require(stored != null, stream + " lacks " + key);
          String shown = stream.shown.apply(stored);
          require(
              shown.equals(text), stream + " has an old " + key + ": " + shown + ", not " + text);
        });
    if (stream.list == Endpoint.PULL_REQUESTS && (settings.extras() & 2) != 0) {
      checkReviews(stream);
    }
    long more = stream.table.items.size() - expected.size();
    require(more == 0 || !changes.deleted.isEmpty(), stream + " has " + more + " items too many");
    coverage.merge("items", (long) expected.size(), Long::sum);
  }

  /** A review that is deleted does not change its pull request, so that it may stay. */
  private void checkReviews(Stream<?> stream) {
    Map<String, Set<Long>> stored = new HashMap<>();
    stream.table.items.forEach((key, item) -> stored.put(key, ids((PullRequest) item)));
    repository
        .pullRequests()
        .forEach(
            item -> {
              String key = Integer.toString(item.number());
              require(
                  stored.get(key).containsAll(ids(item)),
                  "pull request "
                      + key
                      + " has reviews "
                      + ids(item)
                      + ", stored "
                      + stored.get(key));
            });
  }

  private static Set<Long> ids(PullRequest item) {
    return item.reviews() == null
        ? Set.of()
        : item.reviews().stream().map(review -> review.githubId()).collect(Collectors.toSet());
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private void count(String what) {
    coverage.merge(what, 1L, Long::sum);
  }

  private void note(long one, long two, long three) {
    trace = ((trace * 31 + one) * 31 + two) * 31 + three;
    trace = trace * 31 + time.nanoTime();
  }

  private void log(java.util.function.Supplier<String> line) {
    if (tracing) {
      System.out.println(line.get());
    }
  }

  private enum Silence implements FailureReporter {
    INSTANCE;

    @Override
    public void failed(FailureReport report) {}

    @Override
    public void recovered(BackfillKey key) {}
  }
}
