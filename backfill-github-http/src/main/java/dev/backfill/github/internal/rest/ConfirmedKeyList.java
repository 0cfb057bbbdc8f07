package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.List;

/**
 * The keys of a list without an order. It is listed until two passes agree, so that a key may come
 * more than once. An interrupted listing starts again.
 */
final class ConfirmedKeyList<T> implements KeyList<T> {

  private static final int MAX_PASSES = 5;

  private final ListEndpoint<T> endpoint;
  private final OpenRepository repository;
  private WholeListReader<T> reader;
  private KeyList<T> pass;
  private int passes = 1;
  private boolean atEnd;

  ConfirmedKeyList(ListEndpoint<T> endpoint, OpenRepository repository) {
    this.endpoint = endpoint;
    this.repository = repository;
    this.reader = new WholeListReader<>(endpoint, repository, null, null, null);
    this.pass = KeyList.of(reader);
  }

  @Override
  public List<ParsedItem<T>> next(RequestBudget budget) throws InterruptedException {
    if (atEnd) {
      return List.of();
    }
    List<ParsedItem<T>> items = pass.next(budget);
    if (pass.isAtEnd()) {
      end();
    }
    return items;
  }

  private void end() {
    if (!reader.hasChanges()) {
      atEnd = true;
      return;
    }
    if (passes++ >= MAX_PASSES) {
      passes = 1;
      throw new TransientFailureException(
          "GitHub's list "
              + endpoint.path()
              + " changes while its keys are listed. Stored items stay. They are listed again.",
          null);
    }
    reader = new WholeListReader<>(endpoint, repository, null, null, reader.listVersion());
    pass = KeyList.of(reader);
  }

  /** Returns the beginning: a listing that was interrupted cannot know its earlier passes. */
  @Override
  public Position position() {
    return new WholeListReader<>(endpoint, repository, null, null, null).position();
  }

  @Override
  public boolean isAtEnd() {
    return atEnd;
  }

  @Override
  public void close() {
    pass.close();
  }
}
