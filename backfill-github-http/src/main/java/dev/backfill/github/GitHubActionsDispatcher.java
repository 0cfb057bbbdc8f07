package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.github.internal.write.WorkflowRuns;
import dev.backfill.github.internal.write.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A dispatcher that runs jobs on GitHub Actions. It dispatches a workflow, which starts a worker on
 * a runner, and checks the state of the run. The token needs the permission Actions: write.
 *
 * <p>The dispatcher sends a workflow only inputs that it declares, since GitHub rejects others. The
 * run is known from GitHub's response. If the response does not name it, the run is found by the
 * correlation id, which the workflow must echo in its {@code run-name}.
 *
 * <p>Immutable and thread-safe. A rejection by GitHub (422) is a permanent failure, whose message
 * contains GitHub's text.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event">GitHub:
 *     dispatching a workflow</a>
 */
public final class GitHubActionsDispatcher implements Dispatcher {

  /** The input that matches a run with its request. */
  public static final String CORRELATION_ID = "correlation_id";

  /** The input with the name of the repository whose history to fetch. */
  public static final String TARGET = "target";

  /** The input with the names of the sources, separated by commas. */
  public static final String SOURCES = "sources";

  private static final int MAX_INPUTS = 25;
  private static final int MAX_VALUE = 1_000;

  private final WorkflowRuns runs;
  private final String ref;
  private final Set<String> inputs;
  private final Map<String, String> values;

  private GitHubActionsDispatcher(Builder builder) {
    this.runs =
        new WorkflowRuns(
            new Writer(builder.client.sharedResources().api()),
            builder.repository.toString(),
            builder.workflow);
    this.ref = builder.ref;
    this.inputs = Set.copyOf(builder.inputs);
    this.values = Map.copyOf(builder.values);
  }

  /**
   * Creates a builder of a dispatcher.
   *
   * @param client sends the requests; the caller closes it
   * @param repository the repository with the workflow, {@code owner/name}
   * @param workflow the workflow's file name, such as {@code progressive-backfill.yml}, or its
   *     number
   * @return a builder with every default
   * @throws InvalidConfigurationException if the repository or the workflow is not a valid name
   */
  public static Builder builder(GitHub client, String repository, String workflow) {
    return new Builder(client, repository, workflow);
  }

  @Override
  public Destination destination() {
    return Destination.GITHUB_ACTIONS;
  }

  @Override
  public Dispatch dispatch(Dispatch request, String target, List<String> sources)
      throws InterruptedException {
    Map<String, String> all = new LinkedHashMap<>(values);
    putDeclared(all, CORRELATION_ID, request.correlationId());
    putDeclared(all, TARGET, target);
    putDeclared(all, SOURCES, String.join(",", sources));
    return runs.dispatch(ref, all, request.correlationId(), request.at());
  }

  private void putDeclared(Map<String, String> all, String name, String value) {
    if (inputs.contains(name)) {
      all.put(name, value);
    }
  }

  @Override
  public Run follow(Dispatch dispatch) throws InterruptedException {
    return runs.follow(dispatch);
  }

  /** A builder of a dispatcher. Not thread-safe. */
  public static final class Builder {

    private final GitHub client;
    private final RepositoryName repository;
    private final String workflow;
    private String ref = "main";
    private Set<String> inputs = Set.of(CORRELATION_ID, TARGET);
    private final Map<String, String> values = new LinkedHashMap<>();

    private Builder(GitHub client, String repository, String workflow) {
      this.client = Objects.requireNonNull(client, "client");
      this.repository = RepositoryName.parse(repository);
      this.workflow = workflow.strip();
      if (!this.workflow.matches("[A-Za-z0-9._-]{1,100}")) {
        throw new InvalidConfigurationException(
            "The workflow is \""
                + workflow
                + "\"; it must be the name of a file in .github/workflows, such as"
                + " progressive-backfill.yml, or a number.");
      }
    }

    /**
     * Sets the branch or tag on which the workflow runs.
     *
     * @param name a branch or tag; default {@code main}
     * @return this
     * @throws InvalidConfigurationException if the name is blank
     */
    public Builder ref(String name) {
      if (name.isBlank() || name.length() > MAX_VALUE) {
        throw new InvalidConfigurationException(
            "The ref is \"" + name + "\"; it must be a branch or a tag, such as main.");
      }
      this.ref = name.strip();
      return this;
    }

    /**
     * Sets which of {@link #CORRELATION_ID}, {@link #TARGET} and {@link #SOURCES} the workflow
     * declares; default are the first two. Without a correlation id, a run is known only if
     * GitHub's response names it.
     *
     * @param declared the inputs; may be empty
     * @return this
     * @throws InvalidConfigurationException if another input is among them
     */
    public Builder inputs(Set<String> declared) {
      Set<String> unknown = new TreeSet<>(declared);
      unknown.removeAll(Set.of(CORRELATION_ID, TARGET, SOURCES));
      if (!unknown.isEmpty()) {
        throw new InvalidConfigurationException(
            "The inputs "
                + unknown
                + " have no values. Set them with input(name, value), or use only "
                + CORRELATION_ID
                + ", "
                + TARGET
                + " and "
                + SOURCES
                + ".");
      }
      this.inputs = Set.copyOf(declared);
      return this;
    }

    /**
     * Adds an input of the host, which is sent with each request. The workflow must declare it.
     *
     * @param name the input
     * @param value its value, at most 1,000 characters, without secrets: GitHub shows it
     * @return this
     * @throws InvalidConfigurationException if there are more than 25 inputs or the value is too
     *     long
     */
    public Builder input(String name, String value) {
      if (value.length() > MAX_VALUE || values.size() >= MAX_INPUTS - 3) {
        throw new InvalidConfigurationException(
            "The input "
                + name
                + " has "
                + value.length()
                + " characters and there are "
                + values.size()
                + " others; the max is "
                + MAX_INPUTS
                + " inputs, with values of "
                + MAX_VALUE
                + " characters.");
      }
      values.put(name, value);
      return this;
    }

    /**
     * Builds the dispatcher. Sends no request yet.
     *
     * @return the dispatcher
     */
    public GitHubActionsDispatcher build() {
      return new GitHubActionsDispatcher(this);
    }
  }
}
