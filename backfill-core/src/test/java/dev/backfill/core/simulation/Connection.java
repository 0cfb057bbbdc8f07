package dev.backfill.core.simulation;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A worker's connection to the database: slow, and lost at any moment. */
final class Connection extends DelegatingStore {

  private final Worker worker;
  private final FaultModel faults;
  private final Backlog backlog;
  private Decision.@Nullable Wait waiting;

  Connection(ProgressStore database, Worker worker, FaultModel faults, Backlog backlog) {
    super(database);
    this.worker = worker;
    this.faults = faults;
    this.backlog = backlog;
  }

  @Override
  public Backfill register(BackfillKey key, String triggerReason) {
    Backfill backfill = super.register(key, triggerReason);
    worker.observesItsJob();
    waiting = waiting(backfill);
    return backfill;
  }

  private static Decision.@Nullable Wait waiting(Backfill backfill) {
    return backfill.status() == BackfillStatus.WAITING ? backfill.waiting() : null;
  }

  @Override
  public Claim claim(BackfillId id, LeaseRequest request) {
    if (waiting != null && worker.now().isBefore(waiting.until())) {
      throw new Violation("a job that waits is left alone", "until " + waiting.until());
    }
    Claim claim = super.claim(id, request);
    if (claim.isGranted()) {
      worker.holds(claim.lease().fence());
    }
    return claim;
  }

  @Override
  public Optional<Backfill> find(BackfillKey key) {
    Optional<Backfill> backfill = super.find(key);
    waiting = backfill.map(Connection::waiting).orElse(null);
    worker.observesItsJob();
    return backfill;
  }

  @Override
  public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    worker.checkActive(commit);
    return super.commit(lease, commit, sink);
  }

  @Override
  <R> R writing(Operation operation, Supplier<R> call) {
    String name = operation.name().toLowerCase(Locale.ROOT);
    Runnable unheard = call::get;
    try {
      travel();
    } catch (Unwinding e) {
      if (faults.strikes("sent before a crash")) {
        backlog.delay(name, unheard);
      }
      throw e;
    }
    if (faults.strikes("lost before: " + name)) {
      throw lost(name, "before");
    }
    if (faults.strikes("undecided: " + name)) {
      backlog.lock(name, unheard);
      travel();
      throw lost(name, "during");
    }
    if (faults.strikes("late: " + name)) {
      backlog.delay(name, unheard);
      travel();
      throw lost(name, "on the way to");
    }
    backlog.settle();
    RuntimeException failure = null;
    R result = null;
    try {
      result = call.get();
    } catch (RuntimeException e) {
      failure = e;
    }
    travel();
    if (faults.strikes("lost after: " + name)) {
      throw lost(name, "after");
    }
    if (failure != null) {
      throw failure;
    }
    return result;
  }

  @Override
  <R> R reading(Supplier<R> call) {
    travel();
    if (faults.strikes("lost before: read")) {
      throw lost("read", "before");
    }
    R result = call.get();
    travel();
    return result;
  }

  private void travel() {
    worker.forbidInterrupt();
    worker.work(faults.latency("slow store"));
    worker.forbidInterrupt();
  }

  private TransientFailureException lost(String name, String moment) {
    worker.log("loses the store " + moment + " " + name);
    return new TransientFailureException("the connection was lost " + moment + " " + name, null);
  }
}
