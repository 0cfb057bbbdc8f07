package dev.backfill.github.internal.repository;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.history.Repository;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The repository that a session reads. Its number identifies it; its name may change during the
 * session. Thread-safe.
 */
public final class OpenRepository {

  private static final String BY_NUMBER = "/repositories/";

  private final SharedResources shared;
  private final long id;
  private volatile Repository current;
  private volatile Set<Feature> off;
  private final QueryUse queries = new QueryUse(this);
  private volatile @Nullable PermanentFailureException refused;

  public OpenRepository(SharedResources shared, RepositoryResolver.Found found) {
    this.shared = shared;
    this.id = found.repository().id();
    this.current = found.repository();
    this.off = found.off();
  }

  /** Returns true if the feature was disabled in the last response about the repository. */
  public boolean isOff(Feature feature) {
    return off.contains(feature);
  }

  /**
   * Fetches the repository again after a refusal. There is nothing to read if it exists and lacks
   * the feature, or if the refusal names the feature (410).
   *
   * @return true if the feature is disabled; false also if the repository is refused, too
   */
  public boolean isOff(Feature feature, PermanentFailureException refusal, RequestBudget budget)
      throws InterruptedException {
    if (!ErrorTranslator.isOfOneItem(refusal) || refusal == refused) {
      return false;
    }
    try {
      refresh(budget);
    } catch (PermanentFailureException e) {
      return false;
    }
    return isOff(feature) || feature.isNamedBy(refusal);
  }

  /** Returns the state of queries in this session. */
  public QueryUse queries() {
    return queries;
  }

  public GitHubApi api() {
    return shared.api();
  }

  /** Returns the repository under its last known name. */
  public Repository current() {
    return current;
  }

  public long id() {
    return id;
  }

  /**
   * Returns a path by the repository's name, which may belong to another one by now. For responses
   * that contain the repository's number, or links to pages by that number.
   */
  public String path(String rest) {
    return "/repos/" + current.fullName() + rest;
  }

  /** Returns a path by the repository's number, which always belongs to the same repository. */
  public String pathByNumber(String rest) {
    return BY_NUMBER + id + rest;
  }

  /** Returns the same path by the repository's number; null if it contains the number already. */
  public @Nullable String byNumber(String path) {
    String[] parts = path.split("/", 5);
    boolean byName = parts.length == 5 && parts[1].equals("repos");
    return byName ? BY_NUMBER + id + "/" + parts[4] : null;
  }

  /** Fetches the repository by its number, which returns its present name. */
  public void refresh(RequestBudget budget) throws InterruptedException {
    RepositoryResolver.Found found;
    try {
      found = shared.resolver().refresh(id, budget);
    } catch (PermanentFailureException e) {
      refused = e;
      throw e;
    }
    current = found.repository();
    off = found.off();
  }

  /** Returns the beginning of a malformed response for users; empty if unreadable. */
  public String beginning(Response response) {
    try {
      return api().redact(JsonText.beginning(response));
    } catch (IOException e) {
      return "";
    }
  }

  /** Creates a prefetcher for one page at a time, on the client's threads. */
  public <P> PagePrefetcher<P> prefetcher() {
    return new PagePrefetcher<>(
        shared.executor(), new PagePrefetcher.Bounds(1, Long.MAX_VALUE), page -> 0);
  }

  /** Creates a prefetcher for as many pages as the client allows. */
  public <P> PagePrefetcher<P> prefetcher(ToLongFunction<P> size) {
    return new PagePrefetcher<>(shared.executor(), shared.ahead(), size);
  }

  /** Returns the number of items to request in a page. */
  public PageSizes pages() {
    return shared.pages();
  }

  /** Returns the max number of pages fetched ahead. */
  public int pagesAhead() {
    return shared.ahead().pages();
  }
}
