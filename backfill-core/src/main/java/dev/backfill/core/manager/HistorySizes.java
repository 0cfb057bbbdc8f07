package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sizes of histories, which cost a request or none. */
final class HistorySizes {

  private static final Logger LOG = LoggerFactory.getLogger(HistorySizes.class);

  private final JobUpdater updater;

  HistorySizes(JobUpdater updater) {
    this.updater = updater;
  }

  /** Returns the stored size of a history; asks the source if there is none. */
  Total known(BackfillKey key) throws InterruptedException {
    Optional<Backfill> backfill = updater.progress().find(key);
    Total stored = backfill.map(found -> found.counters().total()).orElse(Total.UNKNOWN);
    if (stored.isKnown() || backfill.isEmpty() || !updater.registry().has(key)) {
      return stored;
    }
    try {
      Optional<Counted> counted = count(backfill.get());
      return counted.isEmpty() ? stored : Total.estimate(counted.get().available());
    } catch (BackfillException e) {
      LOG.debug("{}: its size is not known, so it is routed without it", key, e);
      return stored;
    }
  }

  /**
   * The counts of a history.
   *
   * @param available items that the source has now
   * @param stored items that are stored or in quarantine; empty if the sink cannot count
   */
  record Counted(long available, OptionalLong stored) {}

  /** Counts the items of the source and the stored ones; empty if the source cannot count. */
  Optional<Counted> count(Backfill backfill) throws InterruptedException {
    ManagedSource<?> managed = updater.registry().of(backfill.key());
    Optional<KeyListing> opened =
        managed.source().listKeys(backfill.key().target(), backfill.cursor(), Cursor.START);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (KeyListing keys = opened.get()) {
      long available = keys.count(0);
      String scope = keys.scope();
      return Optional.of(
          new Counted(
              available,
              scope == null
                  ? OptionalLong.empty()
                  : updater.progress().countKnown(backfill.id(), managed.sink(), scope)));
    }
  }
}
