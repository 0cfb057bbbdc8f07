package dev.backfill.core.internal;

import dev.backfill.api.report.FailureReport;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.store.BackfillKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A reporter that writes failures to the log; the default. Safe for any number of threads. */
public final class LoggingFailureReporter implements FailureReporter {

  private static final Logger LOG = LoggerFactory.getLogger(LoggingFailureReporter.class);

  /** Creates the reporter. */
  public LoggingFailureReporter() {}

  @Override
  public void failed(FailureReport report) {
    LOG.error(
        "{} failed at chunk {} after {} attempt(s): {}",
        report.key(),
        report.chunkNumber(),
        report.attempts(),
        report.failure().getMessage());
    LOG.debug("The failure of {}", report.key(), report.failure());
  }

  @Override
  public void recovered(BackfillKey key) {
    LOG.info("{} has recovered.", key);
  }
}
