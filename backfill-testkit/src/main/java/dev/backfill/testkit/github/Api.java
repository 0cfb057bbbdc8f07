package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** What happens to a request before and after the answer to its question is worked out. */
final class Api implements Connection.Handler {

  private static final int WORTH_COMPRESSING = 1_000;
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final SimulatedGitHub.Builder settings;
  private final List<SimulatedRepository> repositories;
  private final TimeSource time;
  private final Quotas quotas;
  private final Faults faults;
  private final Traffic traffic;
  private final String url;
  private final Resources resources;
  private final Latency latency;
  private final AtomicLong requestIds = new AtomicLong();

  Api(SimulatedGitHub.Builder settings, Quotas quotas, Faults faults, Traffic traffic, String url) {
    this.settings = settings;
    this.repositories = List.copyOf(settings.repositories);
    this.time = settings.time;
    this.quotas = quotas;
    this.faults = faults;
    this.traffic = traffic;
    this.url = url;
    this.resources = new Resources(url);
    this.latency = new Latency(settings.time, settings.shortest, settings.longest);
  }

  @Override
  public Answer handle(Request request, Consumer<Runnable> onSent) throws InterruptedException {
    Instant at = time.now();
    Route route = Route.of(request.path());
    traffic.arrived(route.endpoint());
    Answer answer = limited(request, route, onSent);
    traffic.answered(at, request.target(), answer.status());
    latency.sleep();
    return finished(request, answer);
  }

  private Answer limited(Request request, Route route, Consumer<Runnable> onSent) {
    String token = request.token();
    String principal = token == null ? "" : token;
    Answer refusal = refusal(request, token);
    if (refusal != null) {
      return refusal;
    }
    if (route.endpoint() == Endpoint.RATE_LIMIT) {
      Map<String, String> left = quotas.look(principal);
      return Answer.json(200, Json.rateLimit(left)).with(left);
    }
    Quotas.Decision decision = quotas.admit(principal);
    if (decision.verdict() != Quotas.Verdict.ADMITTED) {
      onSent.accept(decision.told());
      return Answer.message(403, message(decision.verdict())).with(decision.headers());
    }
    Answer answer = faulty(request, route, token).with(decision.headers());
    if (answer.status() != 200) {
      return answer;
    }
    String tag = tag(answer.body());
    if (tag.equals(request.header("if-none-match"))) {
      Map<String, String> left = quotas.refund(principal);
      return answer.notModified().with(left).with("ETag", tag);
    }
    return answer.with("ETag", tag);
  }

  private @Nullable Answer refusal(Request request, @Nullable String token) {
    String agent = request.header("user-agent");
    if (agent == null || agent.isBlank()) {
      return Answer.message(
          403, "Request forbidden by administrative rules. Please set a User-Agent header.");
    }
    if (token != null && settings.token != null && !token.equals(settings.token)) {
      return Answer.message(401, "Bad credentials");
    }
    return request.method().equals("GET") ? null : Resources.notFound();
  }

  private Answer faulty(Request request, Route route, @Nullable String token) {
    UnaryOperator<Answer> fault = faults.take();
    Answer answer =
        route.endpoint() == Endpoint.PULL_REQUEST && faults.isPoisoned(route.number())
            ? Faults.failure(502)
            : found(request, route, token);
    return fault == null ? answer : fault.apply(answer);
  }

  private Answer found(Request request, Route route, @Nullable String token) {
    for (SimulatedRepository repository : repositories) {
      boolean visible = token != null || !repository.repository().isPrivate();
      boolean byId = route.repository().equals(Long.toString(repository.repository().id()));
      if (visible && (byId || repository.isNamed(route.repository()))) {
        return resources.answer(route, repository, request.query());
      }
      if (visible && repository.wasNamed(route.repository())) {
        String rest = request.target().substring(request.path().length());
        String location =
            url + "/repositories/" + repository.repository().id() + route.rest() + rest;
        return Answer.json(301, Json.moved(location)).with("Location", location);
      }
    }
    return Resources.notFound();
  }

  private Answer finished(Request request, Answer answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Date", HTTP_DATE.format(time.now()));
    headers.put("X-GitHub-Request-Id", "SIM0:" + Long.toHexString(requestIds.incrementAndGet()));
    headers.put("X-GitHub-Media-Type", "github.v3; format=json");
    headers.put("Vary", "Accept, Authorization, Accept-Encoding");
    String accepted = request.header("accept-encoding");
    if (accepted != null
        && accepted.contains("gzip")
        && answer.body().length >= WORTH_COMPRESSING) {
      headers.put("Content-Encoding", "gzip");
      return answer.withBody(compressed(answer.body())).with(headers);
    }
    return answer.with(headers);
  }

  private static String message(Quotas.Verdict verdict) {
    return verdict == Quotas.Verdict.PRIMARY
        ? "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help,"
            + " please include the request ID."
        : "You have exceeded a secondary rate limit. Please wait a few minutes before you try"
            + " again.";
  }

  private static String tag(byte[] body) {
    CRC32C sum = new CRC32C();
    sum.update(body);
    return "W/\"" + Long.toHexString(sum.getValue()) + "-" + body.length + "\"";
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
