package dev.backfill.github.internal.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.json.JsonFactories;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.time.Instant;

/**
 * Counts the items of a list with one request: with pages of one item, the number of the last page
 * is the number of items.
 */
public final class ListCounter {

  /** Caps are whole thousands. */
  private static final long CAP_UNIT = 1_000;

  private static final JsonFactory JSON = JsonFactories.create();

  private final GitHubApi api;

  public ListCounter(GitHubApi api) {
    this.api = api;
  }

  /**
   * The number of items in a list.
   *
   * @param items the number
   * @param at GitHub's time of the response
   */
  public record Count(long items, Instant at) {}

  /**
   * Counts the items.
   *
   * @param repositoryPath the repository's path, by its name or its number
   * @throws BackfillException if GitHub denies access or does not return a count
   */
  public Count count(String repositoryPath, ListEndpoint<?> endpoint, RequestBudget budget)
      throws InterruptedException {
    String path = repositoryPath + endpoint.pagesOfOne();
    Count first = countOnce(path, budget);
    // A positive count is accepted at once; zero is checked with a second request.
    return first.items() > 0 ? first : countOnce(path, budget);
  }

  /**
   * The part of a list that page numbers reach.
   *
   * @param items the number of items in it
   * @param isCut true if GitHub ends the list there, whatever follows
   */
  public record Reach(long items, boolean isCut) {}

  /**
   * Counts the items, and checks a count that may be GitHub's page cap: the page behind a cap is
   * refused.
   *
   * @param repositoryPath the repository's path, by its name or its number
   * @throws BackfillException if GitHub denies access or does not return a count
   */
  public Reach reach(String repositoryPath, ListEndpoint<?> endpoint, RequestBudget budget)
      throws InterruptedException {
    long items = count(repositoryPath, endpoint, budget).items();
    boolean suspicious = items > 0 && items % CAP_UNIT == 0;
    return new Reach(
        items,
        KnownCaps.isAtCap(items)
            || (suspicious && isRefused(repositoryPath, endpoint, items + 1, budget)));
  }

  private boolean isRefused(
      String repositoryPath, ListEndpoint<?> endpoint, long number, RequestBudget budget)
      throws InterruptedException {
    try {
      api.get(repositoryPath + endpoint.pagesOfOne() + "&page=" + number, budget);
      return false;
    } catch (PermanentFailureException e) {
      if (KnownCaps.isRefusedPage(e)) {
        return true;
      }
      throw e;
    }
  }

  private Count countOnce(String path, RequestBudget budget) throws InterruptedException {
    Response response = api.get(path, budget);
    URI last = response.links().get("last");
    if (last == null && response.links().get("next") == null) {
      return new Count(items(response, path), response.serverTime());
    }
    Long number = last == null ? null : Page.number(last.toString());
    if (number == null) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "GitHub's response for "
              + path
              + " contains no number of pages, so its items cannot be counted. Stored items stay.",
          null);
    }
    return new Count(number, response.serverTime());
  }

  private long items(Response response, String path) {
    if (response.isEmpty()) {
      return 0;
    }
    try (Reader in = response.open();
        JsonParser json = JSON.createParser(in)) {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        throw api.malformed(path, response, null);
      }
      long items = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        json.skipChildren();
        items++;
      }
      return items;
    } catch (IOException e) {
      throw api.malformed(path, response, e);
    }
  }
}
