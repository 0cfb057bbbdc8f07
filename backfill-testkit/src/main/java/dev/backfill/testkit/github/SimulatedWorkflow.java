package dev.backfill.testkit.github;

import java.util.Map;
import java.util.Set;

/**
 * A workflow that a client can dispatch. Immutable.
 *
 * @param file its file's name, such as {@code progressive-backfill.yml}
 * @param inputs the inputs that it declares, with true for each required one
 * @param refs the branches and tags
 * @param enabled true if it may run
 * @param runName the title of a run; {@code ${{ inputs.NAME }}} is replaced by an input
 * @param details the form of answers to dispatches
 */
public record SimulatedWorkflow(
    String file,
    Map<String, Boolean> inputs,
    Set<String> refs,
    boolean enabled,
    String runName,
    Details details) {

  /** The forms of answers to dispatches. */
  public enum Details {
    /** 200 and the run if the request asks for it; otherwise 204. */
    WHERE_ASKED,
    /** 204; a request for the run is refused, as by servers of older releases. */
    UNKNOWN
  }

  /** Copies the collections. */
  public SimulatedWorkflow {
    inputs = Map.copyOf(inputs);
    refs = Set.copyOf(refs);
  }

  /**
   * Creates a workflow on {@code main} that declares a correlation id and a target. The title of a
   * run is the correlation id.
   *
   * @param file its file's name
   * @return the workflow
   */
  public static SimulatedWorkflow of(String file) {
    return new SimulatedWorkflow(
        file,
        Map.of("correlation_id", false, "target", false, "max_duration", false),
        Set.of("main"),
        true,
        "Backfill ${{ inputs.correlation_id }}",
        Details.WHERE_ASKED);
  }

  /**
   * Returns the same workflow with another form of answers.
   *
   * @param how the form of answers to dispatches
   * @return the workflow
   */
  public SimulatedWorkflow answering(Details how) {
    return new SimulatedWorkflow(file, inputs, refs, enabled, runName, how);
  }
}
