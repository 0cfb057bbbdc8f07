package dev.backfill.core;

import dev.backfill.api.store.ProgressStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** A store that tells when a worker saw a person's request. */
final class NotifyingStore {

  private NotifyingStore() {}

  static ProgressStore ofRequests(ProgressStore store, Runnable onRequest) {
    return (ProgressStore)
        Proxy.newProxyInstance(
            ProgressStore.class.getClassLoader(),
            new Class<?>[] {ProgressStore.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(store, arguments);
                if (List.of("renew", "get").contains(method.getName())
                    && result.toString().contains("PAUSING")) {
                  onRequest.run();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
