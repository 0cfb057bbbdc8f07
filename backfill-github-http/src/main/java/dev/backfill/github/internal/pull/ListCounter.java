package dev.backfill.github.internal.pull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.github.internal.http.Answer;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.GitHubApi;
import dev.backfill.github.internal.json.JsonFactories;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.time.Instant;

/**
 * Counts the items of a list with one request: in pages of one item, the number of the last page is
 * the number of items.
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
   * How many there are.
   *
   * @param items how many
   * @param at GitHub's time when it said so
   */
  public record Count(long items, Instant at) {}

  /**
   * Counts.
   *
   * @param repositoryPath the repository's path, by its name or its number
   * @throws BackfillException when GitHub does not let it be read, or does not say how many
   */
  public Count count(String repositoryPath, Listing<?> listing, Budget budget)
      throws InterruptedException {
    String path = repositoryPath + listing.pagesOfOne();
    Count first = countOnce(path, budget);
    // What is there is counted once; that there is nothing is asked twice.
    return first.items() > 0 ? first : countOnce(path, budget);
  }

  /**
   * How far a list reaches by page numbers.
   *
   * @param items items that can be reached
   * @param isCut whether GitHub ends the list there, whatever follows
   */
  public record Reach(long items, boolean isCut) {}

  /**
   * Counts, and checks a count that may be GitHub's page cap: the page behind it is refused there.
   *
   * @param repositoryPath the repository's path, by its name or its number
   * @throws BackfillException when GitHub does not let it be read, or does not say how many
   */
  public Reach reach(String repositoryPath, Listing<?> listing, Budget budget)
      throws InterruptedException {
    long items = count(repositoryPath, listing, budget).items();
    boolean suspicious = items > 0 && items % CAP_UNIT == 0;
    return new Reach(
        items,
        KnownCaps.isAtCap(items)
            || (suspicious && isRefused(repositoryPath, listing, items + 1, budget)));
  }

  private boolean isRefused(String repositoryPath, Listing<?> listing, long number, Budget budget)
      throws InterruptedException {
    try {
      api.get(repositoryPath + listing.pagesOfOne() + "&page=" + number, budget);
      return false;
    } catch (PermanentFailureException e) {
      if (ListGap.isRefusedPage(e)) {
        return true;
      }
      throw e;
    }
  }

  private Count countOnce(String path, Budget budget) throws InterruptedException {
    Answer answer = api.get(path, budget);
    URI last = answer.links().get("last");
    if (last == null && answer.links().get("next") == null) {
      return new Count(items(answer, path), answer.serverTime());
    }
    Long number = last == null ? null : Page.number(last.toString());
    if (number == null) {
      throw new PermanentFailureException(
          Reason.INCOMPATIBLE,
          "GitHub does not say how many items "
              + path
              + " has, so they cannot be counted; what is stored is kept",
          null);
    }
    return new Count(number, answer.serverTime());
  }

  private long items(Answer answer, String path) {
    if (answer.isEmpty()) {
      return 0;
    }
    try (Reader in = answer.open();
        JsonParser json = JSON.createParser(in)) {
      if (json.nextToken() != JsonToken.START_ARRAY) {
        throw api.malformed(path, answer, null);
      }
      long items = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        json.skipChildren();
        items++;
      }
      return items;
    } catch (IOException e) {
      throw api.malformed(path, answer, e);
    }
  }
}
