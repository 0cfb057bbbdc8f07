package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.ListPosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadCost;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ApiResource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reading a short REST list without an order: all of it, until two passes agree. */
public record WholeListStrategy<T>(ListEndpoint<T> endpoint) implements ReadStrategy<T> {

  @Override
  public boolean reads(Position position) {
    return position instanceof ListPosition;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CORE;
  }

  @Override
  public HistoryReader<T> history(OpenRepository repository, @Nullable Position from) {
    ListPosition place = from instanceof ListPosition known ? known : null;
    return new WholeListReader<>(endpoint, repository, place, null, null, null);
  }

  @Override
  public RecentReader<T> recent(OpenRepository repository, Since from) {
    ReadStage.Run run = from.run();
    return run != null && run.position() instanceof ListPosition place
        ? new WholeListReader<>(
            endpoint, repository, place, run.begunAt(), from.listVersion(), null)
        : new WholeListReader<>(endpoint, repository, null, null, from.listVersion(), null);
  }

  /**
   * Returns the keys of everything.
   *
   * @param key returns an item's key
   * @param from the stage of a listing to continue, or null for the beginning
   */
  public KeyList<T> keys(
      OpenRepository repository, Function<T, String> key, @Nullable ReadStage from) {
    return new ConfirmedKeyList<>(
        endpoint, repository, key, from instanceof ReadStage.CatchUp pass ? pass : null);
  }

  @Override
  public ReadCost cost(long items) {
    return ReadCost.ofRequests(2 * ReadCost.pages(items, Page.SIZE));
  }
}
