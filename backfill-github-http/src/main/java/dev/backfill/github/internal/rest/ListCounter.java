package dev.backfill.github.internal.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.cursor.NewestItem;
import dev.backfill.github.internal.json.JsonFactories;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

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
   * @param newest the first item, which is the newest one of lists in GitHub's default order
   */
  public record Count(long items, NewestItem newest) {}

  /**
   * Counts the items.
   *
   * @param repositoryPath the repository's path, by its name or its number
   * @throws BackfillException if GitHub denies access or does not return a count
   */
  public Count count(String repositoryPath, ListEndpoint<?> endpoint, RequestBudget budget)
      throws InterruptedException {
    if (endpoint.mapper().mayBeOfOtherKind()) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "GitHub's list "
              + endpoint.path()
              + " contains items of other kinds, so its items cannot be counted. Stored items stay.",
          null);
    }
    return countAll(repositoryPath, endpoint, budget);
  }

  private Count countAll(String repositoryPath, ListEndpoint<?> endpoint, RequestBudget budget)
      throws InterruptedException {
    String path = repositoryPath + endpoint.pagesOfOne();
    Count first = countOnce(path, endpoint, budget);
    // A positive count is accepted at once; zero is checked with a second request.
    return first.items() > 0 ? first : countOnce(path, endpoint, budget);
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
    long items = countAll(repositoryPath, endpoint, budget).items();
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

  private Count countOnce(String path, ListEndpoint<?> endpoint, RequestBudget budget)
      throws InterruptedException {
    Response response = api.get(path, budget);
    URI last = response.links().get("last");
    Count listed = listed(response, path, endpoint.mapper().key().name());
    if (last == null && response.links().get("next") == null) {
      return listed;
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
    return new Count(number, listed.newest());
  }

  /** Counts the items of a response, whose first one is the newest. */
  private Count listed(Response response, String path, String keyField) {
    NewestItem unknown = NewestItem.unknown(response.serverTime());
    if (response.isEmpty()) {
      return new Count(0, unknown);
    }
    try (Reader in = response.open();
        JsonParser json = JSON.createParser(in)) {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        throw api.malformed(path, response, null);
      }
      NewestItem newest = null;
      long items = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        newest = items++ == 0 ? item(json, keyField) : skip(json, newest);
      }
      return new Count(items, newest == null ? unknown : newest);
    } catch (IOException e) {
      throw api.malformed(path, response, e);
    }
  }

  private static @Nullable NewestItem skip(JsonParser json, @Nullable NewestItem kept)
      throws IOException {
    json.skipChildren();
    return kept;
  }

  /** Reads an item's time of creation and its number; null if it lacks one. */
  private static @Nullable NewestItem item(JsonParser json, String keyField) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return null;
    }
    Instant createdAt = null;
    Long number = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals(keyField) && value == JsonToken.VALUE_NUMBER_INT) {
        number = json.getLongValue();
      } else if (field.equals("created_at") && value == JsonToken.VALUE_STRING) {
        createdAt = time(json.getText());
      }
      json.skipChildren();
    }
    return createdAt == null || number == null ? null : new NewestItem(createdAt, number);
  }

  private static @Nullable Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      // An item without a usable time is as good as an unknown one.
      return null;
    }
  }
}
