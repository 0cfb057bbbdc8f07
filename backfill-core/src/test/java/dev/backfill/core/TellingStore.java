package dev.backfill.core;

import dev.backfill.api.store.ProgressStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A store that tells when a renewal saw a person's request. */
final class TellingStore {

  private TellingStore() {}

  static ProgressStore ofRenewals(ProgressStore store, Runnable tell) {
    return (ProgressStore)
        Proxy.newProxyInstance(
            ProgressStore.class.getClassLoader(),
            new Class<?>[] {ProgressStore.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(store, arguments);
                if (method.getName().equals("renew") && result.toString().equals("PAUSING")) {
                  tell.run();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
