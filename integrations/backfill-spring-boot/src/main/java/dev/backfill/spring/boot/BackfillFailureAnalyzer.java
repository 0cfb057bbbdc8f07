package dev.backfill.spring.boot;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * The report of a failed start: backfill's own sentences, which name the fix, instead of a stack
 * trace.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class BackfillFailureAnalyzer extends AbstractFailureAnalyzer<BackfillException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, BackfillException cause) {
    boolean noTables =
        cause instanceof PermanentFailureException permanent
            && permanent.reason() == Reason.NOT_INSTALLED;
    return new FailureAnalysis(
        cause.getMessage(),
        noTables
            ? "For a store over JDBC, set backfill.schema=install, or let Flyway or Liquibase apply the statements that"
                + " `backfill schema` prints."
            : null,
        rootFailure);
  }
}
