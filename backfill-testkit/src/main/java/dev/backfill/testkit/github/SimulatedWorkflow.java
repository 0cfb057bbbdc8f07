package dev.backfill.testkit.github;

import java.util.Map;
import java.util.Set;

/**
 * A workflow that can be dispatched. Immutable.
 *
 * @param file its file's name, such as {@code progressive-backfill.yml}
 * @param inputs the inputs that it declares, and whether each is required
 * @param refs the branches and tags that there are
 * @param enabled whether it may run
 * @param runName what a run is called; {@code ${{ inputs.NAME }}} stands for an input
 * @param details how its dispatches are answered
 */
public record SimulatedWorkflow(
    String file,
    Map<String, Boolean> inputs,
    Set<String> refs,
    boolean enabled,
    String runName,
    Details details) {

  /** How dispatches are answered. */
  public enum Details {
    /** With 200 and the run, where the request asks for that; else with 204. */
    WHERE_ASKED,
    /** With 204, and a request that asks for more is refused, as servers of older releases do. */
    UNKNOWN
  }

  /** Copies the collections. */
  public SimulatedWorkflow {
    inputs = Map.copyOf(inputs);
    refs = Set.copyOf(refs);
  }

  /**
   * A workflow on {@code main} that declares a correlation id and a target, and is called after the
   * first.
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
   * The same workflow, answered otherwise.
   *
   * @param how how its dispatches are answered
   * @return the workflow
   */
  public SimulatedWorkflow answering(Details how) {
    return new SimulatedWorkflow(file, inputs, refs, enabled, runName, how);
  }
}
