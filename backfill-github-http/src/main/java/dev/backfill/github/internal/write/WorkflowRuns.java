package dev.backfill.github.internal.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher.Run;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one workflow.
 *
 * @see <a href="https://docs.github.com/en/rest/actions/workflow-runs">GitHub: workflow runs</a>
 */
public final class WorkflowRuns {

  private static final String DETAILS = "return_run_details";

  /** The max difference between the clocks of two machines. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private static final int PAGE = 100;

  /** GitHub lists 1,000 runs of a search at most. */
  private static final int MAX_PAGES = 10;

  private static final String NO_WORD_BEFORE = "(?<![\\p{Alnum}_.-])";
  private static final String NO_WORD_AFTER = "(?![\\p{Alnum}_-])";

  private final Writer writer;
  private final String repository;
  private final String workflow;
  private volatile boolean asksForDetails = true;

  public WorkflowRuns(Writer writer, String repository, String workflow) {
    this.writer = writer;
    this.repository = "/repos/" + repository;
    this.workflow = this.repository + "/actions/workflows/" + encoded(workflow);
  }

  /**
   * Starts a run.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event">GitHub:
   *     dispatching a workflow</a>
   */
  public Dispatch dispatch(String ref, Map<String, String> inputs, String correlationId, Instant at)
      throws InterruptedException {
    JsonNode response;
    try {
      response = writer.post(workflow + "/dispatches", body(ref, inputs));
    } catch (PermanentFailureException e) {
      boolean unknownKey =
          e.reason() == Reason.INVALID_REQUEST && String.valueOf(e.getMessage()).contains(DETAILS);
      if (!unknownKey || !asksForDetails) {
        throw e;
      }
      // A server of an older release does not know the key.
      asksForDetails = false;
      response = writer.post(workflow + "/dispatches", body(ref, inputs));
    }
    long run = response.path("workflow_run_id").asLong(0);
    return new Dispatch(
        correlationId,
        at,
        run > 0 ? Long.toString(run) : null,
        writer.webAddress(response.path("html_url")),
        null);
  }

  private ObjectNode body(String ref, Map<String, String> inputs) {
    ObjectNode body = Writer.object();
    body.put("ref", ref);
    ObjectNode values = body.putObject("inputs");
    inputs.forEach(values::put);
    if (asksForDetails) {
      body.put(DETAILS, true);
    }
    return body;
  }

  /** Returns the state of a dispatch; finds an unknown run by the correlation id. */
  public Run follow(Dispatch dispatch) throws InterruptedException {
    String known = dispatch.run();
    JsonNode run =
        known != null
            ? writer.get(repository + "/actions/runs/" + encoded(known))
            : find(dispatch.correlationId(), dispatch.at());
    return run == null ? Run.NONE : run(run);
  }

  private @Nullable JsonNode find(String correlationId, Instant at) throws InterruptedException {
    String since = ">=" + at.minus(SKEW).truncatedTo(ChronoUnit.SECONDS);
    Pattern whole = Pattern.compile(NO_WORD_BEFORE + Pattern.quote(correlationId) + NO_WORD_AFTER);
    for (int page = 1; page <= MAX_PAGES; page++) {
      JsonNode runs =
          writer
              .get(
                  workflow
                      + "/runs?event=workflow_dispatch&per_page="
                      + PAGE
                      + "&page="
                      + page
                      + "&created="
                      + encoded(since))
              .path("workflow_runs");
      if (!runs.isArray()) {
        throw writer.incomplete(workflow + "/runs");
      }
      for (JsonNode run : runs) {
        if (whole.matcher(run.path("display_title").asText("")).find()
            || whole.matcher(run.path("name").asText("")).find()) {
          return run;
        }
      }
      if (runs.size() < PAGE) {
        return null;
      }
    }
    return null;
  }

  private Run run(JsonNode run) {
    long id = run.path("id").asLong(0);
    if (id < 1 || !run.has("status")) {
      throw writer.incomplete(repository + "/actions/runs");
    }
    String conclusion = run.path("conclusion").asText(null);
    boolean ended = run.path("status").asText("").equals("completed");
    return new Run(
        Long.toString(id),
        writer.webAddress(run.path("html_url")),
        ended ? word(conclusion) : null,
        ended && "success".equals(conclusion));
  }

  private static String word(@Nullable String conclusion) {
    return conclusion != null && conclusion.matches("[a-z_]{1,40}") ? conclusion : "no conclusion";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
