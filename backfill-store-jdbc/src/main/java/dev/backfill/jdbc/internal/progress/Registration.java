package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.util.Optional;

/** Registration of backfills; several processes may register the same one at once. */
final class Registration {

  private final Transactions calls;
  private final BackfillTable backfills;

  Registration(Transactions calls, BackfillTable backfills) {
    this.calls = calls;
    this.backfills = backfills;
  }

  /** Returns the backfill of a key, and inserts it if it is missing. */
  Backfill register(BackfillKey key, String triggerReason) {
    return find(key).orElseGet(() -> insert(key, triggerReason));
  }

  private Optional<Backfill> find(BackfillKey key) {
    return calls.read("the search for " + key, c -> backfills.find(c, key));
  }

  private Backfill insert(BackfillKey key, String triggerReason) {
    try {
      return calls.run(
          "the registration of " + key,
          connection -> {
            backfills.insert(connection, key, triggerReason);
            return backfills.find(connection, key).orElseThrow();
          });
    } catch (BackfillException e) {
      if (SqlFailures.isDuplicateKey(e.getCause())) {
        return find(key).orElseThrow(() -> e);
      }
      throw e;
    }
  }
}
