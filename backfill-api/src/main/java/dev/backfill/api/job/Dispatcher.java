package dev.backfill.api.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of another destination: requests runs of jobs there, and follows them.
 *
 * <p><b>Contract.</b> <i>Called by</i> a manager, from one thread at a time. <i>Blocking:</i> yes,
 * on the network, never to wait for quota or for the run. <i>Interrupt:</i> ends a call. <i>
 * Idempotency:</i> the manager stores a request before it makes it, and makes it once. After a
 * transient failure, a lost answer or a crash the manager asks {@link #follow} for the run. A
 * dispatcher has to find the run by its correlation id. If {@link #follow} reports {@link Run#NONE}
 * for two minutes, the manager makes a new request under another correlation id. Two runs of the
 * same job do no harm, since only one gets the lease. <i>Throws:</i> {@link
 * dev.backfill.api.failure.BackfillException}; the class shows if another try can help.
 * <i>Closed:</i> never.
 */
public interface Dispatcher {

  /**
   * Returns the destination that runs the jobs.
   *
   * @return always the same
   */
  Destination destination();

  /**
   * Asks for a run. The request is sent at most once.
   *
   * @param request the request as it is stored, without an answer; its correlation id has letters,
   *     digits and hyphens only
   * @param target the target whose jobs have to run
   * @param sources the sources of these jobs; not empty, not modifiable
   * @return the request as it is answered, with the run if the answer names it
   * @throws dev.backfill.api.failure.TransientFailureException if the destination may or may not
   *     have received the request
   * @throws dev.backfill.api.failure.BackfillException if the destination has refused the request,
   *     so that no run begins
   * @throws InterruptedException if the thread is interrupted
   */
  Dispatch dispatch(Dispatch request, String target, List<String> sources)
      throws InterruptedException;

  /**
   * Finds the run of a request, also of one whose answer was lost or that was never made. Such a
   * run is found by the correlation id. An answer that does not list the runs is a failure, and not
   * {@link Run#NONE}.
   *
   * @param dispatch the dispatch
   * @return the run as it is now
   * @throws dev.backfill.api.failure.BackfillException if the state of the run cannot be found out
   *     now
   * @throws InterruptedException if the thread is interrupted
   */
  Run follow(Dispatch dispatch) throws InterruptedException;

  /**
   * A run at the destination. It has yet to begin or is under way while it has no conclusion.
   *
   * @param name the run's name; null exactly for {@link #NONE}
   * @param url the address at which users see it, or null
   * @param conclusion the destination's word for how it ended, or null before
   * @param succeeded true if it ended with success
   */
  record Run(
      @Nullable String name, @Nullable String url, @Nullable String conclusion, boolean succeeded) {

    /** The value for a request for which no run was found yet. */
    public static final Run NONE = new Run(null, null, null, false);

    /**
     * Checks that the values fit together.
     *
     * @throws IllegalArgumentException if it succeeded without a conclusion, or has an address or a
     *     conclusion without a name
     */
    public Run {
      if (succeeded && conclusion == null || name == null && (url != null || conclusion != null)) {
        throw new IllegalArgumentException(
            "run " + name + " at " + url + " does not fit the conclusion " + conclusion);
      }
    }
  }
}
