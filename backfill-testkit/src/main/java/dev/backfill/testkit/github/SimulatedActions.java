package dev.backfill.testkit.github;

import dev.backfill.api.history.Repository;
import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import dev.backfill.testkit.json.JsonTree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The GitHub Actions of a simulation: workflows that a client dispatches, and runs that a test
 * begins and ends. Safe for any number of threads.
 */
public final class SimulatedActions {

  private static final long FIRST_RUN = 30_433_642L;

  private final TimeSource time;
  private final Map<String, SimulatedWorkflow> workflows = new LinkedHashMap<>();
  private final Map<Long, Run> runs = new LinkedHashMap<>();
  private int lost;

  SimulatedActions(TimeSource time) {
    this.time = time;
  }

  /**
   * A run of a workflow.
   *
   * @param id its number
   * @param repository its repository, {@code owner/name}
   * @param workflow its workflow's file
   * @param request the request that dispatched it
   * @param status {@code queued}, {@code in_progress} or {@code completed}
   * @param conclusion its conclusion; null before it has ended
   */
  public record Run(
      long id,
      String repository,
      String workflow,
      DispatchRequest request,
      String status,
      @Nullable String conclusion) {

    /**
     * Returns the inputs of its dispatch.
     *
     * @return the inputs by their names
     */
    public Map<String, String> inputs() {
      return request.inputs();
    }
  }

  /**
   * The request that dispatched a run.
   *
   * @param ref the branch or tag
   * @param inputs the inputs by their names
   * @param title the title of the run
   * @param at the time of the request
   */
  public record DispatchRequest(String ref, Map<String, String> inputs, String title, Instant at) {

    /** Copies the inputs. */
    public DispatchRequest {
      inputs = Map.copyOf(inputs);
    }
  }

  /**
   * Adds a workflow to a repository, or replaces it.
   *
   * @param repository {@code owner/name}
   * @param workflow the workflow
   */
  public synchronized void add(String repository, SimulatedWorkflow workflow) {
    workflows.put(repository + "/" + workflow.file(), workflow);
  }

  /**
   * Loses the answers to the next dispatches: their runs begin, and the connection ends without an
   * answer.
   *
   * @param answers the number of answers; 0 or more
   */
  public synchronized void loseAnswers(int answers) {
    lost = answers;
  }

  /**
   * Returns the runs that were dispatched.
   *
   * @return the runs as they are now, oldest first
   */
  public synchronized List<Run> runs() {
    return List.copyOf(runs.values());
  }

  /**
   * Begins a run.
   *
   * @param id the run
   */
  public synchronized void begin(long id) {
    change(id, "in_progress", null);
  }

  /**
   * Ends a run.
   *
   * @param id the run
   * @param conclusion such as {@code success}, {@code failure} or {@code timed_out}
   */
  public synchronized void complete(long id, String conclusion) {
    change(id, "completed", conclusion);
  }

  private void change(long id, String status, @Nullable String conclusion) {
    Run run = runs.get(id);
    if (run == null) {
      throw new IllegalArgumentException("there is no run " + id);
    }
    runs.put(id, new Run(id, run.repository(), run.workflow(), run.request(), status, conclusion));
  }

  synchronized Response respond(Request request, Route route, Repository where) {
    if (route.endpoint() == Endpoint.WORKFLOW_RUN) {
      Run run = runs.get(route.id());
      return run == null || !run.repository().equals(where.fullName())
          ? Resources.notFound()
          : json(200, fields(run, where));
    }
    String file = route.rest().split("/")[3];
    SimulatedWorkflow workflow = workflows.get(where.fullName() + "/" + file);
    if (workflow == null) {
      return Resources.notFound();
    }
    if (route.endpoint() == Endpoint.WORKFLOW_RUNS) {
      return request.method().equals("GET") ? list(request, where, file) : Resources.notFound();
    }
    return request.method().equals("POST")
        ? dispatch(request, where, workflow)
        : Resources.notFound();
  }

  private Response dispatch(Request request, Repository where, SimulatedWorkflow workflow) {
    Map<String, @Nullable Object> body = JsonTree.fields(JsonTree.object(request.body()));
    Map<String, @Nullable Object> given = JsonTree.fields(body.get("inputs"));
    String problem = problem(workflow, body, given);
    if (problem != null) {
      return ErrorResponses.message(422, problem);
    }
    Map<String, String> inputs = new LinkedHashMap<>();
    given.forEach((name, value) -> inputs.put(name, String.valueOf(value)));
    String title = workflow.runName();
    for (Map.Entry<String, String> input : inputs.entrySet()) {
      title = title.replace("${{ inputs." + input.getKey() + " }}", input.getValue());
    }
    long id = FIRST_RUN + runs.size();
    Run run =
        new Run(
            id,
            where.fullName(),
            workflow.file(),
            new DispatchRequest(
                String.valueOf(body.get("ref")),
                inputs,
                title,
                time.now().truncatedTo(ChronoUnit.SECONDS)),
            "queued",
            null);
    runs.put(id, run);
    if (lost > 0) {
      lost--;
      return new Response(204, Map.of(), new byte[0], Response.Delivery.DROPPED);
    }
    if (!Boolean.TRUE.equals(body.get("return_run_details"))) {
      return new Response(204, Map.of(), new byte[0], Response.Delivery.WHOLE);
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("workflow_run_id", id);
    details.put(
        "run_url", "https://api.github.com/repos/" + where.fullName() + "/actions/runs/" + id);
    details.put("html_url", url(run));
    return json(200, details);
  }

  private static @Nullable String problem(
      SimulatedWorkflow workflow,
      Map<String, @Nullable Object> body,
      Map<String, @Nullable Object> given) {
    if (!workflow.enabled()) {
      return "Cannot trigger a 'workflow_dispatch' on a disabled workflow";
    }
    if (workflow.details() == SimulatedWorkflow.Details.UNKNOWN
        && body.containsKey("return_run_details")) {
      return "Invalid request.\n\n\"return_run_details\" is not a permitted key.";
    }
    String ref = String.valueOf(body.get("ref"));
    if (!workflow.refs().contains(ref)) {
      return "No ref found for: " + ref;
    }
    Set<String> unexpected = new TreeSet<>(given.keySet());
    unexpected.removeAll(workflow.inputs().keySet());
    if (!unexpected.isEmpty()) {
      return "Unexpected inputs provided: " + unexpected;
    }
    for (Map.Entry<String, Boolean> input : workflow.inputs().entrySet()) {
      if (input.getValue() && given.get(input.getKey()) == null) {
        return "Required input '" + input.getKey() + "' not provided";
      }
    }
    return null;
  }

  private Response list(Request request, Repository where, String file) {
    Instant since = since(request.query().getOrDefault("created", ""));
    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    List<Run> all = new ArrayList<>(runs.values());
    Collections.reverse(all);
    for (Run run : all) {
      if (run.repository().equals(where.fullName())
          && run.workflow().equals(file)
          && !run.request().at().isBefore(since)) {
        found.add(fields(run, where));
      }
    }
    Page page = Page.of(request.query());
    Map<String, @Nullable Object> response = new LinkedHashMap<>();
    response.put("total_count", (long) found.size());
    response.put(
        "workflow_runs",
        found.subList(
            (int) Math.min(page.from(), found.size()),
            (int) Math.min(page.from() + page.size(), found.size())));
    return json(200, response);
  }

  private static Instant since(String created) {
    return created.startsWith(">=") ? Instant.parse(created.substring(2)) : Instant.MIN;
  }

  private static String url(Run run) {
    return "https://github.com/" + run.repository() + "/actions/runs/" + run.id();
  }

  private static Map<String, @Nullable Object> fields(Run run, Repository where) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", run.id());
    fields.put("name", "Backfill");
    fields.put("node_id", "WFR_" + Long.toString(run.id(), 36));
    fields.put("head_branch", run.request().ref());
    fields.put("head_sha", "0".repeat(40));
    fields.put("path", ".github/workflows/" + run.workflow() + "@" + run.request().ref());
    fields.put("display_title", run.request().title());
    fields.put("run_number", run.id() - FIRST_RUN + 1);
    fields.put("event", "workflow_dispatch");
    fields.put("status", run.status());
    fields.put("conclusion", run.conclusion());
    fields.put(
        "url", "https://api.github.com/repos/" + where.fullName() + "/actions/runs/" + run.id());
    fields.put("html_url", url(run));
    fields.put("created_at", run.request().at().toString());
    fields.put("updated_at", run.request().at().toString());
    return fields;
  }

  private static Response json(int status, Object value) {
    return Response.json(status, Json.bytes(json -> JsonTree.write(json, value)));
  }
}
