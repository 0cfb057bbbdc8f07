package dev.backfill.github.internal.repository;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The use of queries in a session. It ends after a repeated refusal, or after lasting failures
 * while REST answers. Changed by one session's thread; other threads may read its state.
 */
public final class QueryUse {

  /**
   * The number of failures in a row, with the caller's pauses between them, that is no short
   * outage.
   */
  static final int MAX_FAILURES = 5;

  /** The number of refusals that count: the first one is checked once more. */
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

  /** Returns true if no more queries are sent. */
  public boolean isOver() {
    return !reading.isEmpty();
  }

  /** Describes the session's way of reading for users; empty while queries are sent. */
  public String readMode() {
    return reading;
  }

  /** Records the success of a query. */
  public void worked() {
    hasWorked = true;
    failures = 0;
    refusals = 0;
  }

  /**
   * Records a refusal.
   *
   * @return true to repeat the query once, false if the refusal has repeated: queries are over then
   * @throws PermanentFailureException if it is about something else than queries
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
   * Records a failure.
   *
   * @return true if it may be transient, false if there were too many: queries are over then
   */
  public boolean mayPass(TransientFailureException failure, RequestBudget budget)
      throws InterruptedException {
    if (!isLasting(failure) || !restAnswers(budget)) {
      return true;
    }
    end(failure);
    return false;
  }

  /** Records a failure; returns true if there were many in a row. */
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
    String words = message.split("\\. Stored items stay", 2)[0];
    reading =
        "by REST instead of queries: "
            + (words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS) + "...");
  }

  /** Returns true unless REST would be refused as well: limits, and names of other repositories. */
  public static boolean isAboutQueries(PermanentFailureException refusal) {
    return switch (refusal.reason()) {
      case INVALID_REQUEST, FORBIDDEN, NOT_FOUND, BAD_CREDENTIALS, GONE, INCOMPATIBLE -> true;
      default -> false;
    };
  }

  /**
   * Returns the refusal for a user who has chosen queries explicitly. If queries have worked
   * before, a refusal without a clear reason passes once, and the query is repeated.
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

  /**
   * Returns the failure for a user who has chosen queries explicitly, with advice once it lasts.
   */
  public TransientFailureException insisted(TransientFailureException failure) {
    return isLasting(failure)
        ? new TransientFailureException(failure.getMessage() + ADVICE, failure.getCause())
        : failure;
  }

  private static final String ADVICE =
      " If GitHub keeps refusing queries, use auto or rest instead of the transport graphql.";
}
