package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.Values;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The enrichment of an item that one request fetches whole. */
final class SingleItemFetch<T> implements ItemEnrichment<T> {

  private final OpenRepository repository;
  private final String path;
  private final String key;
  private final ItemMapper<T> mapper;
  private @Nullable PermanentFailureException refusal;
  private long bytes;

  SingleItemFetch(OpenRepository repository, String list, String key, ItemMapper<T> mapper) {
    this.repository = repository;
    this.path = repository.pathByNumber(list + "/" + encoded(key));
    this.key = key;
    this.mapper = mapper;
  }

  private static String encoded(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public boolean isComplete() {
    return false;
  }

  @Override
  public synchronized @Nullable PermanentFailureException refusal() {
    return refusal;
  }

  @Override
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized ParsedItem<T> complete(RequestBudget budget) throws InterruptedException {
    Response response;
    try {
      response = ask(budget);
    } catch (PermanentFailureException e) {
      if (!ErrorTranslator.isOfOneItem(e)) {
        throw e;
      }
      refusal = e;
      return rejected(String.valueOf(e.getMessage()), "");
    }
    try {
      Values values = JsonText.readObject(response, mapper.plan());
      if (mapper.key().of(values) == null) {
        throw repository.api().malformed(path, response, null);
      }
      bytes = response.size();
      return ParsedItem.of(null, mapper.map(values, repository.current()));
    } catch (InvalidItemException e) {
      return rejected(
          "GitHub's item is malformed: " + e.getMessage(), repository.beginning(response));
    } catch (IOException e) {
      throw repository.api().malformed(path, response, e);
    }
  }

  /** Fetches the item. A single 404 may be wrong, so the request is repeated once. */
  private Response ask(RequestBudget budget) throws InterruptedException {
    try {
      return repository.api().get(path, budget);
    } catch (PermanentFailureException e) {
      if (e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
      return repository.api().get(path, budget);
    }
  }

  private ParsedItem<T> rejected(String error, String payload) {
    return ParsedItem.rejected(null, new RejectedItem(key, error, payload));
  }
}
