package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.github.internal.write.WorkflowRuns;
import dev.backfill.github.internal.write.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs jobs on GitHub Actions: dispatches a workflow, which starts a worker on a runner, and looks
 * what became of the run. The token needs the permission Actions: write.
 *
 * <p>The workflow is sent only inputs that it declares, since GitHub refuses others. An answer
 * names the run; where it does not, the run is found by the correlation id, which the workflow has
 * to echo in its {@code run-name}.
 *
 * <p>Immutable and safe for any number of threads. What GitHub does not accept (422) is permanent,
 * and the failure says what GitHub said.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event">GitHub:
 *     dispatching a workflow</a>
 */
public final class GitHubActionsDispatcher implements Dispatcher {

  /** The input that request and run are matched by. */
  public static final String CORRELATION_ID = "correlation_id";

  /** The input that names the repository whose history is to be brought. */
  public static final String TARGET = "target";

  /** The input that names the sources, with commas between them. */
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
   * Begins to describe a dispatcher.
   *
   * @param client asks GitHub; stays the caller's to close
   * @param repository where the workflow is, {@code owner/name}
   * @param workflow the workflow's file name, such as {@code progressive-backfill.yml}, or its
   *     number
   * @return a builder with every default
   * @throws InvalidConfigurationException when a name is none
   */
  public static Builder builder(GitHub client, String repository, String workflow) {
    return new Builder(client, repository, workflow);
  }

  @Override
  public Destination destination() {
    return Destination.GITHUB_ACTIONS;
  }

  @Override
  public Dispatch dispatch(Request request) throws InterruptedException {
    Map<String, String> all = new LinkedHashMap<>(values);
    putDeclared(all, CORRELATION_ID, request.correlationId());
    putDeclared(all, TARGET, request.target());
    putDeclared(all, SOURCES, String.join(",", request.sources()));
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

  /** Describes a dispatcher. Not safe for several threads. */
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
            "the workflow is \""
                + workflow
                + "\"; it must be the name of a file in .github/workflows, such as"
                + " progressive-backfill.yml, or a number");
      }
    }

    /**
     * On which branch or tag the workflow runs.
     *
     * @param name a branch or tag; {@code main} unless stated
     * @return this
     * @throws InvalidConfigurationException when it is blank
     */
    public Builder ref(String name) {
      if (name.isBlank() || name.length() > MAX_VALUE) {
        throw new InvalidConfigurationException(
            "the ref is \"" + name + "\"; it must be a branch or a tag, such as main");
      }
      this.ref = name.strip();
      return this;
    }

    /**
     * Which of {@link #CORRELATION_ID}, {@link #TARGET} and {@link #SOURCES} the workflow declares;
     * the first two unless stated. Without a correlation id a run is known only where GitHub's
     * answer names it.
     *
     * @param declared the inputs; may be empty
     * @return this
     * @throws InvalidConfigurationException when there is another one
     */
    public Builder inputs(Set<String> declared) {
      Set<String> unknown = new TreeSet<>(declared);
      unknown.removeAll(Set.of(CORRELATION_ID, TARGET, SOURCES));
      if (!unknown.isEmpty()) {
        throw new InvalidConfigurationException(
            "the inputs "
                + unknown
                + " have no values; give them with input(name, value), or name "
                + CORRELATION_ID
                + ", "
                + TARGET
                + " and "
                + SOURCES);
      }
      this.inputs = Set.copyOf(declared);
      return this;
    }

    /**
     * Sends an input of the host's own with each request; the workflow has to declare it.
     *
     * @param name the input
     * @param value its value, at most 1,000 characters, without secrets: GitHub shows it
     * @return this
     * @throws InvalidConfigurationException when there are more than 25 inputs, or it is too long
     */
    public Builder input(String name, String value) {
      if (value.length() > MAX_VALUE || values.size() >= MAX_INPUTS - 3) {
        throw new InvalidConfigurationException(
            "the input "
                + name
                + " has "
                + value.length()
                + " characters and there are "
                + values.size()
                + " others; a workflow takes "
                + MAX_INPUTS
                + " inputs, and a value at most "
                + MAX_VALUE
                + " characters");
      }
      values.put(name, value);
      return this;
    }

    /**
     * Makes the dispatcher. Sends nothing yet.
     *
     * @return the dispatcher
     */
    public GitHubActionsDispatcher build() {
      return new GitHubActionsDispatcher(this);
    }
  }
}
