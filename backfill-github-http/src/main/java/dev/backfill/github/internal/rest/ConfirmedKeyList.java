package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.cursor.ListPosition;
import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a list without an order. It is listed until two passes have the same keys, so that a
 * key may come more than once.
 */
final class ConfirmedKeyList<T> implements KeyList<T> {

  private static final int MAX_PASSES = 5;

  private final ListEndpoint<T> endpoint;
  private final OpenRepository repository;
  private final Function<T, String> key;
  private @Nullable ListVersion before;
  private WholeListReader<T> reader;
  private KeyList<T> pass;
  private int passes;
  private boolean atEnd;

  /**
   * Creates a list.
   *
   * @param from the pass to continue, or null to begin
   */
  ConfirmedKeyList(
      ListEndpoint<T> endpoint,
      OpenRepository repository,
      Function<T, String> key,
      ReadStage.@Nullable CatchUp from) {
    this.endpoint = endpoint;
    this.repository = repository;
    this.key = key;
    this.before = from == null ? null : from.listVersion();
    this.passes = from == null ? 1 : from.pass();
    this.reader = reader(from == null ? null : from.run());
    this.pass = KeyList.of(reader);
  }

  private WholeListReader<T> reader(ReadStage.@Nullable Run run) {
    return run != null && run.position() instanceof ListPosition place
        ? new WholeListReader<>(endpoint, repository, place, run.begunAt(), before, key)
        : new WholeListReader<>(endpoint, repository, null, null, before, key);
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
    before = reader.listVersion();
    reader = reader(null);
    pass = KeyList.of(reader);
  }

  @Override
  public Position position() {
    return reader.position();
  }

  @Override
  public ReadStage stage() {
    Instant begunAt = reader.begunAt();
    ReadStage.Run run =
        begunAt == null ? null : new ReadStage.Run(begunAt, true, reader.position());
    return new ReadStage.CatchUp(Instant.EPOCH, passes, before, run);
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
