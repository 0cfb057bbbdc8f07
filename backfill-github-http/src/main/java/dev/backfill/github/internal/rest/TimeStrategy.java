package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.cursor.TimePosition;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadCost;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ApiResource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reading a REST list that takes {@code since}: by time, not by page number. */
public record TimeStrategy<T>(ListEndpoint<T> endpoint) implements ReadStrategy<T> {

  /** Accepts pages of earlier releases, too: {@link #adopt} converts them to times. */
  @Override
  public boolean reads(Position position) {
    return position instanceof TimePosition || position instanceof PagePosition;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CORE;
  }

  @Override
  public HistoryReader<T> history(OpenRepository repository, @Nullable Position from) {
    return reader(repository, from, null);
  }

  @Override
  public HistoryReader<T> history(
      OpenRepository repository, @Nullable Position from, Instant mark) {
    return reader(repository, from, mark);
  }

  private UpdateOrderHistory<T> reader(
      OpenRepository repository, @Nullable Position from, @Nullable Instant mark) {
    TimePosition place = from instanceof TimePosition known ? known : TimePosition.start();
    return UpdateOrderHistory.of(endpoint, repository, mark, place);
  }

  /**
   * Converts a history that an earlier release has begun by page numbers into a catch-up from the
   * start. So stored items are not counted again, and none is missed.
   */
  @Override
  public ReadStage adopt(ReadStage remaining) {
    boolean byPages =
        remaining instanceof ReadStage.History history
            && history.position() instanceof PagePosition;
    return byPages ? new ReadStage.CatchUp(Instant.EPOCH, 1, null, null) : remaining;
  }

  @Override
  public RecentReader<T> recent(OpenRepository repository, Since from) {
    return new UpdateOrderChanges<>(endpoint, repository, from);
  }

  @Override
  public ReadCost cost(long items) {
    return new RestStrategy<>(endpoint).cost(items);
  }
}
