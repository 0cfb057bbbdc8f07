package dev.backfill.github.internal.repository;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether queries are of use in a session: a refusal that repeats, and failures without an end
 * while REST answers, end their use. Belongs to one session's thread, but for what it says.
 */
public final class QueryUse {

  /** So many failures in a row, with the caller's pauses between them, are no short outage. */
  static final int MAX_FAILURES = 5;

  /** A refusal is met once more before it counts. */
  static final int MAX_REFUSALS = 2;

  private static final int MAX_WORDS = 300;

  private final OpenRepository repository;
  private int failures;
  private int refusals;
  private boolean hasWorked;
  private @Nullable BackfillException counted;
  private volatile String reading = "";

  QueryUse(OpenRepository repository) {
    this.repository = repository;
  }

  /** Whether queries are not asked any more. */
  public boolean isOver() {
    return !reading.isEmpty();
  }

  /** How the session reads, in words for users; empty while queries are asked. */
  public String readMode() {
    return reading;
  }

  /** A query was answered. */
  public void worked() {
    hasWorked = true;
    failures = 0;
    refusals = 0;
  }

  /**
   * Takes note of a refusal.
   *
   * @return true to ask the same once more, false if it has repeated: queries are over then
   * @throws PermanentFailureException when it is about something else than queries
   */
  public boolean mayPass(PermanentFailureException refusal) {
    if (!isAboutQueries(refusal)) {
      throw refusal;
    }
    if (++refusals < MAX_REFUSALS) {
      return true;
    }
    end(refusal);
    return false;
  }

  /**
   * Takes note of a failure.
   *
   * @return true if it is one of a moment, false if there were too many: queries are over then
   */
  public boolean mayPass(TransientFailureException failure, RequestBudget budget)
      throws InterruptedException {
    if (!isLasting(failure) || !restAnswers(budget)) {
      return true;
    }
    end(failure);
    return false;
  }

  /** Takes note of a failure; returns whether there were many in a row. */
  private boolean isLasting(TransientFailureException failure) {
    if (failure != counted) {
      counted = failure;
      failures++;
    }
    return failures >= MAX_FAILURES;
  }

  private boolean restAnswers(RequestBudget budget) throws InterruptedException {
    try {
      repository.refresh(budget);
      return true;
    } catch (BackfillException e) {
      return false;
    }
  }

  private void end(BackfillException failure) {
    String message = String.valueOf(failure.getMessage());
    String words = message.split("; |: it does not exist", 2)[0];
    reading =
        "by REST instead of queries: "
            + (words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS) + "...");
  }

  /** Limits, and names that belong to another repository, are as true by REST. */
  public static boolean isAboutQueries(PermanentFailureException refusal) {
    return switch (refusal.reason()) {
      case INVALID_REQUEST, FORBIDDEN, NOT_FOUND, BAD_CREDENTIALS, GONE, INCOMPATIBLE -> true;
      default -> false;
    };
  }

  /**
   * Returns a refusal of queries that a user has insisted on. One without a clear reason, after
   * queries have worked, passes once: it is asked again.
   */
  public BackfillException insisted(PermanentFailureException refusal) {
    if (hasWorked && ErrorTranslator.isDoubtful(refusal) && ++refusals < MAX_REFUSALS) {
      return new TransientFailureException(
          Objects.requireNonNullElse(refusal.getMessage(), refusal.toString()), refusal.getCause());
    }
    return isAboutQueries(refusal)
        ? new PermanentFailureException(
            refusal.reason(), refusal.getMessage() + ADVICE, refusal.getCause())
        : refusal;
  }

  /** Returns a failure of queries that a user has insisted on, with advice once it lasts. */
  public TransientFailureException insisted(TransientFailureException failure) {
    return isLasting(failure)
        ? new TransientFailureException(failure.getMessage() + ADVICE, failure.getCause())
        : failure;
  }

  private static final String ADVICE =
      "; if GitHub goes on refusing queries, use auto or rest instead of the transport graphql";
}
