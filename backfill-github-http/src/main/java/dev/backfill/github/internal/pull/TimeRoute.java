package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.http.ApiResource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads a list of GitHub's REST API that takes {@code since}: by time, not by page number. */
public record TimeRoute<T>(Listing<T> listing) implements Route<T> {

  /** Pages of earlier releases are read, too: {@link #adopt} turns them into times. */
  @Override
  public boolean reads(Position position) {
    return position instanceof TimePosition || position instanceof PagePosition;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CORE;
  }

  @Override
  public HistoryWalker<T> history(OpenRepository repository, @Nullable Position from) {
    return walker(repository, from, null);
  }

  @Override
  public HistoryWalker<T> history(
      OpenRepository repository, @Nullable Position from, Instant mark) {
    return walker(repository, from, mark);
  }

  private UpdateOrderHistory<T> walker(
      OpenRepository repository, @Nullable Position from, @Nullable Instant mark) {
    TimePosition place = from instanceof TimePosition known ? known : TimePosition.start();
    return UpdateOrderHistory.of(listing, repository, mark, place);
  }

  /**
   * A history that an earlier release has begun by page numbers is read from its start by time, as
   * a catch-up: what is stored already is not counted again, and nothing of it is missed.
   */
  @Override
  public Stage adopt(Stage left) {
    boolean byPages =
        left instanceof Stage.History history && history.position() instanceof PagePosition;
    return byPages ? new Stage.CatchUp(Instant.EPOCH, 1, null, null) : left;
  }

  @Override
  public RecentWalker<T> recent(OpenRepository repository, Since from) {
    return new UpdateOrderChanges<>(listing, repository, from);
  }

  @Override
  public ReadingCost cost(long items) {
    return new RestRoute<>(listing).cost(items);
  }
}
