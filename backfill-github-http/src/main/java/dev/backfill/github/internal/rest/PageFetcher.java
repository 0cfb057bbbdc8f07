package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.LinkHeader;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pages of a list. An empty page without the {@code ETag} of this server's responses may
 * come from elsewhere, and is fetched once more. Thread-safe.
 */
final class PageFetcher<T> {

  /** Leaves room for the rest of a cursor. */
  private static final int MAX_PATH = 3000;

  /** The max number of refusals of a page in the middle of a list that count as passing. */
  private static final int MAX_DOUBTS = 3;

  private final OpenRepository repository;
  private final GitHubApi api;
  private final ItemMapper<T> mapper;
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  private volatile boolean readable;

  PageFetcher(OpenRepository repository, ItemMapper<T> mapper) {
    this.repository = repository;
    this.api = repository.api();
    this.mapper = mapper;
  }

  /**
   * A page with its version.
   *
   * @param page the page
   * @param etag GitHub's version of it, or null
   */
  record Versioned<T>(Page<T> page, @Nullable String etag) {}

  Page<T> fetch(String path, RequestBudget budget) throws InterruptedException {
    return sure(request(path, null, budget), path, false, budget).page();
  }

  /**
   * Fetches the page that another one links to. If the page ends the list earlier than announced,
   * it is fetched once more: items may have been deleted, or the response may be wrong.
   */
  Page<T> fetchAfter(Page<T> before, String path, RequestBudget budget)
      throws InterruptedException {
    Page<T> page = fetch(path, budget);
    return page.endsEarlyAfter(before) ? fetch(path, budget) : page;
  }

  /** Fetches the first page of a list. An empty one is fetched once more if items are expected. */
  Page<T> fetchFirst(String path, boolean expectsItems, RequestBudget budget)
      throws InterruptedException {
    return sure(request(path, null, budget), path, expectsItems, budget).page();
  }

  private Versioned<T> sure(
      Response response, String path, boolean expectsItems, RequestBudget budget)
      throws InterruptedException {
    Versioned<T> first = new Versioned<>(page(response, path, budget), response.etag());
    boolean doubtful =
        first.page().items().isEmpty()
            && first.page().next() == null
            && (expectsItems || (response.etag() == null && api.namesVersions()))
            && !response.isEmpty();
    if (!doubtful) {
      return first;
    }
    Response again = request(path, null, budget);
    return new Versioned<>(page(again, path, budget), again.etag());
  }

  /**
   * Fetches the first page of a list; null if its known version still holds, which is free.
   *
   * @throws PermanentFailureException if there are more pages, and GitHub's response links to none
   */
  @Nullable Versioned<T> firstIfChanged(String path, @Nullable String etag, RequestBudget budget)
      throws InterruptedException {
    Response response = request(path, etag, budget);
    if (response.isUnchanged()) {
      return null;
    }
    Versioned<T> first = sure(response, path, false, budget);
    if (!mayLackLinks(first.page()) || fetch(path + "&page=2", budget).items().isEmpty()) {
      return first;
    }
    // Items may have been created between the two requests.
    Versioned<T> again = sure(request(path, null, budget), path, false, budget);
    if (mayLackLinks(again.page())) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "GitHub's response for "
              + path
              + " links to no other page although there are more, so the list cannot be followed."
              + " Stored items stay. Configure the proxy or gateway that removes the Link header from"
              + " responses to keep it.",
          null);
    }
    return again;
  }

  /** Fetches a page; null if its known version still holds, which is free. */
  @Nullable Versioned<T> fetchIfChanged(String path, @Nullable String etag, RequestBudget budget)
      throws InterruptedException {
    Response response = request(path, etag, budget);
    return response.isUnchanged() ? null : sure(response, path, false, budget);
  }

  /**
   * Returns true for a full page without links: it may be the whole list, or a proxy may have
   * removed the links.
   */
  private static boolean mayLackLinks(Page<?> first) {
    return first.items().size() >= Page.size(first.path())
        && first.neighbours().equals(Page.Neighbours.NONE);
  }

  private Response request(String path, @Nullable String etag, RequestBudget budget)
      throws InterruptedException {
    try {
      Response response = requestOnce(path, etag, budget);
      readable = true;
      refusals.remove(path);
      return response;
    } catch (PermanentFailureException e) {
      boolean midway = readable || !Long.valueOf(1).equals(Page.number(path));
      if (midway
          && ErrorTranslator.isDoubtful(e)
          && refusals.merge(path, 1, Integer::sum) <= MAX_DOUBTS) {
        // Fails if the repository itself cannot be read.
        repository.refresh(budget);
        throw new TransientFailureException(
            e.getMessage() + " The list could be read a moment ago, so it is requested again.",
            null);
      }
      throw e;
    }
  }

  /** Sends a request; by the repository's number if its name is gone, as after renaming. */
  private Response requestOnce(String path, @Nullable String etag, RequestBudget budget)
      throws InterruptedException {
    try {
      return api.getIfChanged(path, etag, budget);
    } catch (PermanentFailureException e) {
      String byNumber = repository.byNumber(path);
      if (e.reason() != Reason.NOT_FOUND || byNumber == null) {
        throw e;
      }
      return requestByNumber(byNumber, etag, e, budget);
    }
  }

  private Response requestByNumber(
      String path, @Nullable String etag, PermanentFailureException byName, RequestBudget budget)
      throws InterruptedException {
    Response response;
    try {
      response = api.getIfChanged(path, etag, budget);
    } catch (PermanentFailureException e) {
      throw e.reason() == Reason.NOT_FOUND ? byName : e;
    }
    repository.refresh(budget);
    return response;
  }

  private Page<T> page(Response response, String path, RequestBudget budget)
      throws InterruptedException {
    if (response.movedForGood()) {
      repository.refresh(budget);
    }
    String own = response.movedForGood() ? api.address().relativize(response.uri()) : path;
    LinkHeader links = response.links();
    String next = relative(links, "next");
    if (next != null && (next.equals(own) || next.equals(path) || next.length() > MAX_PATH)) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "GitHub's link to the page after "
              + path
              + (next.length() > MAX_PATH ? " is too long to be stored" : " leads back to it")
              + ", so the list cannot be followed. Stored items stay. Please report this.",
          null);
    }
    URI last = links.get("last");
    List<ParsedItem<T>> items = items(response, path);
    return new Page<>(
        own,
        items,
        new Page.Neighbours(
            next,
            relative(links, "prev"),
            last == null ? null : Page.number(last.toString()),
            last != null && Page.isSameSeries(String.valueOf(links.get("next")), last.toString())),
        response.isEmpty() ? 0 : response.size(),
        response.serverTime(),
        response.etag());
  }

  private @Nullable String relative(LinkHeader links, String relation) {
    URI uri = links.get(relation);
    return uri == null ? null : api.address().linked(uri);
  }

  private List<ParsedItem<T>> items(Response response, String path) {
    if (response.isEmpty()) {
      return List.of();
    }
    try {
      List<ParsedItem<T>> items = JsonText.readList(response, mapper, repository.current(), path);
      items.replaceAll(this::redacted);
      return items;
    } catch (IOException e) {
      throw api.malformed(path, response, e);
    }
  }

  private ParsedItem<T> redacted(ParsedItem<T> item) {
    RejectedItem rejected = item.rejected();
    return rejected == null
        ? item
        : ParsedItem.rejected(
            item.id(),
            new RejectedItem(rejected.key(), rejected.error(), api.redact(rejected.payload())));
  }
}
