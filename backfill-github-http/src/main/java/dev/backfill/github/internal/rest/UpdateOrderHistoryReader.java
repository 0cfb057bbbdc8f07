package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.read.ItemReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A reader of a list in the order of update. */
interface UpdateOrderHistoryReader<T> extends ItemReader<T> {

  /** Returns the reader of the list. */
  UpdateOrderReader<T> reader();

  @Override
  default @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException {
    return reader().next(budget);
  }

  @Override
  default Position position() {
    return reader().position();
  }

  @Override
  default boolean isAtEnd() {
    return reader().isAtEnd();
  }

  @Override
  default int buffered() {
    return reader().buffered();
  }

  @Override
  default Total total() {
    return reader().total();
  }

  @Override
  default void warmUp(RequestBudget budget) throws InterruptedException {
    reader().warmUp(budget);
  }

  @Override
  default void defer(BackfillException failure) {
    reader().defer(failure);
  }

  @Override
  default void prefetch(Reserve reserve) {
    reader().prefetch(reserve);
  }

  @Override
  default String readMode() {
    return reader().readMode();
  }

  @Override
  default @Nullable Instant cutAt() {
    return reader().cutAt();
  }

  @Override
  default void close() {
    reader().close();
  }
}
