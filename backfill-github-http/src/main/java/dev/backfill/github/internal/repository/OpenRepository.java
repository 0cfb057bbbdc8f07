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
 * The repository that a session reads. Its number is what it is; its name may change while it is
 * read. Safe for any number of threads.
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

  /** Whether a feature was switched off when the repository was last asked for. */
  public boolean isOff(Feature feature) {
    return off.contains(feature);
  }

  /**
   * Looks at the repository again after a refusal: one that is there and lacks the feature, or
   * whose refusal names one (410), has nothing to read.
   *
   * @return whether the feature is off; false also when the repository is refused, too
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

  /** Whether queries about it are of use in this session. */
  public QueryUse queries() {
    return queries;
  }

  public GitHubApi api() {
    return shared.api();
  }

  /** The repository under the name that it was last seen with. */
  public Repository current() {
    return current;
  }

  public long id() {
    return id;
  }

  /**
   * A path within the repository by its name, which may be another one's by now: for answers that
   * say whose they are, or lead on to pages by the repository's number.
   */
  public String path(String rest) {
    return "/repos/" + current.fullName() + rest;
  }

  /** A path within the repository by its number, under which there is no other. */
  public String pathByNumber(String rest) {
    return BY_NUMBER + id + rest;
  }

  /** The same path by the repository's number; null when it goes by the number already. */
  public @Nullable String byNumber(String path) {
    String[] parts = path.split("/", 5);
    boolean byName = parts.length == 5 && parts[1].equals("repos");
    return byName ? BY_NUMBER + id + "/" + parts[4] : null;
  }

  /** Asks for the repository by its number, which tells its present name. */
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

  /** The beginning of an answer that cannot be understood, for people; empty if unreadable. */
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

  /** How many items a page is asked for. */
  public PageSizes pages() {
    return shared.pages();
  }

  /** How many pages may be fetched ahead. */
  public int pagesAhead() {
    return shared.ahead().pages();
  }
}
