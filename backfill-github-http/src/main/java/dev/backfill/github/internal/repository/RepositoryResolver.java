package dev.backfill.github.internal.repository;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.Repository;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.json.RepositoryReader;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resolves names to repositories, with one request for all streams of a target. Thread-safe. */
public final class RepositoryResolver {

  /**
   * A host may run for months, and repositories are renamed and replaced meanwhile. Checking again
   * is free as long as nothing has changed.
   */
  static final Duration KEPT_FOR = Duration.ofMinutes(1);

  private static final String BY_NUMBER = "/repositories/";

  private static final Logger LOG = LoggerFactory.getLogger(RepositoryResolver.class);

  private final GitHubApi api;
  private final TimeSource time;
  private final Map<String, CacheEntry> byTarget = new ConcurrentHashMap<>();

  public RepositoryResolver(GitHubApi api, TimeSource time) {
    this.api = api;
    this.time = time;
  }

  /**
   * A resolved name.
   *
   * @param repository the repository, under its present name
   * @param etag GitHub's version of this response, or null
   * @param serverTime GitHub's time of the response
   * @param readAt the local time then
   * @param off the disabled features
   */
  public record Found(
      Repository repository,
      @Nullable String etag,
      Instant serverTime,
      Instant readAt,
      Set<Feature> off) {}

  private static final class CacheEntry {

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Found found;
  }

  /**
   * Resolves a name.
   *
   * @param target {@code owner/name}
   * @param knownId the number of the repository that the name stood for before, or null for the
   *     first time
   */
  public Found find(String target, @Nullable Long knownId, RequestBudget budget)
      throws InterruptedException {
    // Every session begins here.
    api.refreshLimits();
    CacheEntry entry =
        byTarget.computeIfAbsent(target.toLowerCase(Locale.ROOT), key -> new CacheEntry());
    entry.lock.lockInterruptibly();
    try {
      Found found = entry.found;
      if (found == null || !time.now().isBefore(found.readAt().plus(KEPT_FOR))) {
        found = fetch(target, knownId, found, budget);
        entry.found = found;
      }
      if (knownId != null && found.repository().id() != knownId) {
        throw identityChanged(target, found.repository().id(), knownId);
      }
      return found;
    } finally {
      entry.lock.unlock();
    }
  }

  /** Creates the failure for a name that stands for another repository than before. */
  public static PermanentFailureException identityChanged(String name, long id, long knownId) {
    return new PermanentFailureException(
        Reason.IDENTITY_CHANGED,
        "The name "
            + name
            + " now belongs to another repository (number "
            + id
            + ") than the one whose history is stored (number "
            + knownId
            + "). Stored items stay, and nothing was mixed. Read this backfill from its start (backfill"
            + " reload, ProgressStore.reload), or use the new name of the old repository.",
        null);
  }

  /** Fetches a repository by its number. */
  Found refresh(long id, RequestBudget budget) throws InterruptedException {
    return read(BY_NUMBER + id, null, budget);
  }

  /**
   * Checks if a feature is disabled, as a refusal of its list may mean.
   *
   * @return true also for a refusal that names a feature itself (410), if the repository exists
   */
  public boolean isOff(
      String target, Feature feature, PermanentFailureException refusal, RequestBudget budget)
      throws InterruptedException {
    if (refusal.reason() != Reason.NOT_FOUND && refusal.reason() != Reason.GONE) {
      return false;
    }
    return read("/repos/" + target, null, budget).off().contains(feature)
        || feature.isNamedBy(refusal);
  }

  private Found fetch(
      String target, @Nullable Long knownId, @Nullable Found before, RequestBudget budget)
      throws InterruptedException {
    Found found;
    try {
      found = read("/repos/" + target, before, budget);
    } catch (PermanentFailureException e) {
      // The name is gone; the repository may exist under another one.
      if (knownId == null || e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
      found = read(BY_NUMBER + knownId, null, budget);
    }
    String name = found.repository().fullName();
    if (!name.equalsIgnoreCase(target)) {
      LOG.info("{} is now called {}; reading continues under the new name", target, name);
    }
    return found;
  }

  private Found read(String path, @Nullable Found before, RequestBudget budget)
      throws InterruptedException {
    String etag = before == null ? null : before.etag();
    Response response = api.getIfChanged(path, etag, budget);
    if (before != null && response.isUnchanged()) {
      return new Found(before.repository(), etag, response.serverTime(), time.now(), before.off());
    }
    try {
      RepositoryReader.Seen seen = RepositoryReader.read(response);
      return new Found(
          seen.repository(), response.etag(), response.serverTime(), time.now(), Feature.off(seen));
    } catch (IOException e) {
      throw api.malformed(path, response, e);
    }
  }
}
