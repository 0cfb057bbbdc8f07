package dev.backfill.api.job;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks another destination to run jobs, and looks what became of it.
 *
 * <p><b>Contract.</b> <i>Called by</i> a manager, from one thread at a time. <i>Blocking:</i> yes,
 * on the network, never to wait for quota or for the run. <i>Interrupt:</i> ends a call. <i>
 * Idempotency:</i> the manager stores a request before it makes it, and makes it once. After a
 * transient failure, a lost answer or a crash the manager asks {@link #follow} for the run, which
 * has to be found by its correlation id. If {@link #follow} reports {@link Run.State#UNKNOWN} for
 * two minutes, the manager makes a new request under another correlation id. Two runs of the same
 * job do no harm, since only one gets the lease. <i>Throws:</i> {@link
 * dev.backfill.api.failure.BackfillException}; the class says whether trying again helps. <i>Closed
 * by</i> nobody.
 */
public interface Dispatcher {

  /**
   * Where it has jobs run.
   *
   * @return always the same
   */
  Destination destination();

  /**
   * What is asked.
   *
   * @param correlationId what request and run are matched by; from 1 to 100 letters, digits and
   *     hyphens
   * @param target whose jobs are to run
   * @param sources which of them; not empty
   * @param at when it is asked, on the store's clock
   */
  record Request(String correlationId, String target, List<String> sources, Instant at) {

    /** Copies the list. */
    public Request {
      sources = List.copyOf(sources);
    }
  }

  /**
   * Asks for a run. The request is sent at most once.
   *
   * @param request what is asked
   * @return the dispatch, with the run where the answer names it
   * @throws dev.backfill.api.failure.TransientFailureException if the destination may or may not
   *     have got the request
   * @throws dev.backfill.api.failure.BackfillException if the destination has refused the request,
   *     so that no run begins
   * @throws InterruptedException when the thread is interrupted
   */
  Dispatch dispatch(Request request) throws InterruptedException;

  /**
   * Looks what became of a request, also of one whose answer was lost or that was never made. The
   * run is then found by the correlation id. An answer that does not list the runs is a failure,
   * and not {@link Run.State#UNKNOWN}.
   *
   * @param dispatch what was asked
   * @return the run as it is now
   * @throws dev.backfill.api.failure.BackfillException when that cannot be found out now
   * @throws InterruptedException when the thread is interrupted
   */
  Run follow(Dispatch dispatch) throws InterruptedException;

  /**
   * A run at the destination.
   *
   * @param state how far it is
   * @param name the run's name, or null when there is none yet
   * @param url where people see it, or null
   * @param conclusion the destination's word for how it ended, or null before
   */
  record Run(
      State state, @Nullable String name, @Nullable String url, @Nullable String conclusion) {

    /** How far a run is. */
    public enum State {
      /** No run was found for the request yet. */
      UNKNOWN,
      /** It has yet to begin. */
      QUEUED,
      /** It is under way. */
      RUNNING,
      /** It ended well. */
      SUCCEEDED,
      /** It ended otherwise. */
      FAILED
    }
  }
}
