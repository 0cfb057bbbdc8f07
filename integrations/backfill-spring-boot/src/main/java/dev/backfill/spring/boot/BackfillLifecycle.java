package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.store.Backfill;
import dev.backfill.core.manager.BackfillManager;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The start and the stop of the manager with the application. It starts after the web server, and
 * stops before the web server and the connection pool. A stop finishes the commits under way and
 * releases the leases.
 *
 * <p>A manager that was stopped stays stopped, also if the context is started again.
 */
public final class BackfillLifecycle implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(BackfillLifecycle.class);

  private final BackfillManager manager;
  private final BackfillStore store;
  private final boolean loop;
  private final int phase;
  private final Set<String> repositories;
  private final Supplier<String> report;
  private volatile boolean running;
  private volatile boolean stopped;

  private BackfillLifecycle(Builder builder) {
    this.manager = builder.manager;
    this.store = builder.store;
    this.loop = builder.loop;
    this.phase = builder.phase;
    this.repositories = new LinkedHashSet<>(builder.repositories);
    this.report = builder.report;
  }

  /**
   * Creates a builder.
   *
   * @param manager the manager to start and stop
   * @param store its store
   * @return a builder with every default
   */
  public static Builder builder(BackfillManager manager, BackfillStore store) {
    return new Builder(manager, store);
  }

  /** Tracks the repositories, starts the manager's loop, and logs what was configured. */
  @Override
  public void start() {
    if (stopped) {
      LOG.warn(
          "Backfill was stopped with its context, and a manager cannot start again. No job runs"
              + " here. Create a new application context.");
      return;
    }
    track();
    if (loop && !manager.isRunning()) {
      manager.start();
    }
    running = true;
    LOG.info("{}", report.get());
  }

  private void track() {
    if (repositories.isEmpty()) {
      return;
    }
    List<String> known =
        store.progress().list().stream().map(Backfill::key).map(key -> key.target()).toList();
    for (String repository : repositories) {
      String name = repository.strip();
      // GitHub ignores the case of names, and the stored one has the progress.
      manager.track(known.stream().filter(name::equalsIgnoreCase).findFirst().orElse(name));
    }
  }

  /** Stops on another thread, so that other beans of the phase stop meanwhile. */
  @Override
  public void stop(Runnable callback) {
    Thread closing =
        new Thread(
            () -> {
              try {
                stop();
              } finally {
                callback.run();
              }
            },
            "backfill-stop");
    closing.setDaemon(true);
    closing.start();
  }

  @Override
  public void stop() {
    stopped = true;
    try {
      manager.close();
    } finally {
      running = false;
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return phase;
  }

  /**
   * Returns false: Spring Framework 7 must not pause an unused test context's manager, which cannot
   * start again.
   *
   * @return false
   */
  public boolean isPauseable() {
    return false;
  }

  /** Checks if the manager should have a loop but has none. */
  boolean isLoopDead() {
    return running && loop && !manager.isRunning();
  }

  boolean hasLoop() {
    return loop;
  }

  /** A builder of a lifecycle. Not safe for concurrent use. */
  public static final class Builder {

    private final BackfillManager manager;
    private final BackfillStore store;
    private boolean loop = true;
    private int phase = DEFAULT_PHASE;
    private List<String> repositories = List.of();
    private Supplier<String> report = () -> "Backfill started";

    private Builder(BackfillManager manager, BackfillStore store) {
      this.manager = Objects.requireNonNull(manager, "manager");
      this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Sets if the manager's own loop runs due jobs.
     *
     * @param value false if the host calls the manager by itself; true by default
     * @return this
     */
    public Builder loop(boolean value) {
      this.loop = value;
      return this;
    }

    /**
     * Sets the phase of the start and the stop.
     *
     * @param value by default {@link SmartLifecycle#DEFAULT_PHASE}, after the web server's
     * @return this
     */
    public Builder phase(int value) {
      this.phase = value;
      return this;
    }

    /**
     * Adds repositories to track at the start.
     *
     * @param names targets in the sources' notation, such as {@code apache/kafka}
     * @return this
     */
    public Builder repositories(List<String> names) {
      List<String> all = new ArrayList<>(repositories);
      all.addAll(names);
      this.repositories = List.copyOf(all);
      return this;
    }

    Builder report(Supplier<String> value) {
      this.report = value;
      return this;
    }

    /**
     * Builds the lifecycle. Starts nothing.
     *
     * @return the lifecycle
     */
    public BackfillLifecycle build() {
      return new BackfillLifecycle(this);
    }
  }
}
