package dev.backfill.core.manager;

import dev.backfill.api.job.JobStore;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store whose next calls fail when a test says so. */
final class FailingJobs {

  volatile @Nullable RuntimeException failure;
  final AtomicInteger failed = new AtomicInteger();
  private final JobStore jobs;

  FailingJobs(JobStore jobs) {
    this.jobs = jobs;
  }

  JobStore store() {
    return (JobStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {JobStore.class},
            (proxy, method, arguments) -> {
              RuntimeException now = failure;
              if (now != null) {
                failed.incrementAndGet();
                throw now;
              }
              return method.invoke(jobs, arguments);
            });
  }
}
