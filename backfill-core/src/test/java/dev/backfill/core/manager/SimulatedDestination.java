package dev.backfill.core.manager;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** GitHub Actions in a simulation: it loses requests and answers, and its workers may die. */
final class SimulatedDestination implements Dispatcher {

  /** A run that was begun. */
  static final class Begun {
    final String correlationId;
    boolean begun;
    @Nullable String conclusion;

    Begun(String correlationId) {
      this.correlationId = correlationId;
    }
  }

  final Map<String, Begun> runs = new LinkedHashMap<>();
  private final Map<String, Integer> requests = new LinkedHashMap<>();
  private final Map<String, Integer> targets = new LinkedHashMap<>();
  private final Random random;
  private final TimeSource time;
  private final Map<String, Long> coverage;
  boolean calm;

  SimulatedDestination(Random random, TimeSource time, Map<String, Long> coverage) {
    this.random = random;
    this.time = time;
    this.coverage = coverage;
  }

  @Override
  public Destination destination() {
    return Destination.GITHUB_ACTIONS;
  }

  @Override
  public Dispatch dispatch(Dispatch request, String target, List<String> sources) {
    if (requests.merge(request.correlationId(), 1, Integer::sum) > 1) {
      throw new AssertionError("The request " + request.correlationId() + " was sent twice.");
    }
    targets.merge(target, 1, Integer::sum);
    int fate = calm ? 0 : random.nextInt(20);
    if (fate == 1) {
      count("request refused");
      throw new PermanentFailureException(
          PermanentFailureException.Reason.FORBIDDEN, "no workflow", null);
    }
    if (fate == 2) {
      count("request limited");
      throw RateLimitedException.secondary(time.now().plus(Duration.ofMinutes(3)), "limited");
    }
    if (fate == 3 || fate == 4) {
      count("request lost");
      throw new TransientFailureException("the request was lost", null);
    }
    runs.put(request.correlationId(), new Begun(request.correlationId()));
    if (fate >= 5 && fate <= 7) {
      count("answer lost");
      throw new TransientFailureException("the answer was lost", null);
    }
    count("request answered");
    return new Dispatch(request.correlationId(), request.at(), null, null, null);
  }

  @Override
  public Run follow(Dispatch dispatch) {
    if (!calm && random.nextInt(10) == 0) {
      throw new TransientFailureException("the list of runs was lost", null);
    }
    Begun begun = runs.get(dispatch.correlationId());
    return begun == null
        ? Run.NONE
        : new Run(
            "run " + begun.correlationId,
            "https://github.example/" + begun.correlationId,
            begun.conclusion,
            "success".equals(begun.conclusion));
  }

  /** The number of requests for a target, whether they arrived or not. */
  int requestsFor(String target) {
    return targets.getOrDefault(target, 0);
  }

  private void count(String what) {
    coverage.merge(what, 1L, Long::sum);
  }
}
