package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.http.Answer;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.Values;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An item that one request brings whole. */
final class SingleItem<T> implements Completion<T> {

  private final OpenRepository repository;
  private final String path;
  private final long id;
  private final ItemMapper<T> mapper;
  private @Nullable PermanentFailureException refusal;
  private long bytes;

  SingleItem(OpenRepository repository, String list, long id, ItemMapper<T> mapper) {
    this.repository = repository;
    this.path = repository.pathByNumber(list + "/" + id);
    this.id = id;
    this.mapper = mapper;
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
  public synchronized ParsedItem<T> complete(Budget budget) throws InterruptedException {
    Answer answer;
    try {
      answer = ask(budget);
    } catch (PermanentFailureException e) {
      if (!Completion.isOfOneItem(e)) {
        throw e;
      }
      refusal = e;
      return rejected(String.valueOf(e.getMessage()), "");
    }
    try {
      Values values = JsonText.readObject(answer, mapper.plan());
      if (values.integer("id") == null) {
        throw repository.api().malformed(path, answer, null);
      }
      bytes = answer.size();
      return ParsedItem.of(id, mapper.map(values, repository.current()));
    } catch (InvalidItemException e) {
      return rejected(
          "GitHub's item cannot be understood: " + e.getMessage(), repository.beginning(answer));
    } catch (IOException e) {
      throw repository.api().malformed(path, answer, e);
    }
  }

  /** A single 404 may be wrong: the item is asked for once more. */
  private Answer ask(Budget budget) throws InterruptedException {
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
    return ParsedItem.rejected(id, new RejectedItem(Long.toString(id), error, payload));
  }
}
