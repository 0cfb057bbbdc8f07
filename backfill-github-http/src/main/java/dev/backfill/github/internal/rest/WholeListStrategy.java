package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadCost;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ApiResource;
import org.jspecify.annotations.Nullable;

/** Reading a short REST list without an order: all of it, until two passes agree. */
public record WholeListStrategy<T>(ListEndpoint<T> endpoint) implements ReadStrategy<T> {

  @Override
  public boolean reads(Position position) {
    return position instanceof PagePosition;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CORE;
  }

  @Override
  public HistoryReader<T> history(OpenRepository repository, @Nullable Position from) {
    PagePosition place = from instanceof PagePosition known ? known : null;
    return new WholeListReader<>(endpoint, repository, place, null, null);
  }

  @Override
  public RecentReader<T> recent(OpenRepository repository, Since from) {
    return WholeListReader.pass(endpoint, repository, from.listVersion(), from.run());
  }

  /** Returns the keys of everything. */
  public KeyList<T> keys(OpenRepository repository) {
    return new ConfirmedKeyList<>(endpoint, repository);
  }

  @Override
  public ReadCost cost(long items) {
    return ReadCost.ofRequests(2 * ReadCost.pages(items, Page.SIZE));
  }
}
