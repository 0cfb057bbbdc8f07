package dev.backfill.testkit.github;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** All repositories of a simulation. Safe for any number of threads. */
final class Repositories {

  /** The repositories that one caller sees. */
  record View(List<SimulatedRepository> all) {

    /**
     * Returns the repository with this current name, else with this former name; null without one.
     */
    @Nullable SimulatedRepository named(String name, boolean followRenames) {
      for (SimulatedRepository repository : all) {
        if (repository.isNamed(name)) {
          return repository;
        }
      }
      return followRenames ? formerlyNamed(name) : null;
    }

    @Nullable SimulatedRepository formerlyNamed(String name) {
      for (SimulatedRepository repository : all) {
        if (repository.wasNamed(name)) {
          return repository;
        }
      }
      return null;
    }

    /** Returns the repository with a name, or with an id in digits; null without one. */
    @Nullable SimulatedRepository find(String nameOrId) {
      for (SimulatedRepository repository : all) {
        if (nameOrId.equals(Long.toString(repository.repository().id()))) {
          return repository;
        }
      }
      return named(nameOrId, false);
    }
  }

  private final List<SimulatedRepository> all;
  private final Set<String> hidden = ConcurrentHashMap.newKeySet();
  private final Ordering ordering = new Ordering();

  Repositories(List<SimulatedRepository> all) {
    this.all = new CopyOnWriteArrayList<>(all);
  }

  /** Returns the ordering, which caches sorted rows. */
  Ordering ordering() {
    return ordering;
  }

  View seenBy(boolean signedIn) {
    List<SimulatedRepository> seen = new ArrayList<>(all);
    seen.removeIf(repository -> !signedIn && repository.repository().isPrivate());
    seen.removeIf(repository -> hidden.contains(repository.repository().fullName()));
    return new View(seen);
  }

  void hide(String name, boolean hide) {
    if (hide) {
      hidden.add(name);
    } else {
      hidden.remove(name);
    }
  }

  /** Replaces the repository with the same name, if there is one. */
  synchronized void replace(SimulatedRepository repository) {
    all.removeIf(old -> old.isNamed(repository.repository().fullName()));
    all.add(repository);
  }
}
