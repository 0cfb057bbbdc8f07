package dev.backfill.core;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.ProgressStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * A store that is read while it commits, as a database is: the one in memory does one thing at a
 * time.
 */
record UnlockedReads(ProgressStore locked) {

  ProgressStore store() {
    Backfill[] last = new Backfill[1];
    return (ProgressStore)
        Proxy.newProxyInstance(
            ProgressStore.class.getClassLoader(),
            new Class<?>[] {ProgressStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("get") && last[0] != null) {
                Backfill before = last[0];
                return before.toBuilder()
                    .status(BackfillStatus.PAUSING)
                    .waiting(null)
                    .consecutiveFailures(0)
                    .lastError(null)
                    .note(null)
                    .build();
              }
              try {
                Object result = method.invoke(locked, arguments);
                if (method.getName().equals("claim")) {
                  last[0] = ((Claim) result).backfill();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
