package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.Reserve;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Goes through a list in the order of update. */
interface UpdateOrderWalker<T> extends Walker<T> {

  /** Reads the list. */
  UpdateOrderReader<T> reader();

  @Override
  default @Nullable Taken<T> take(Budget budget) throws InterruptedException {
    return reader().take(budget);
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
  default int left() {
    return reader().left();
  }

  @Override
  default Total total() {
    return reader().total();
  }

  @Override
  default void warmUp(Budget budget) throws InterruptedException {
    reader().warmUp(budget);
  }

  @Override
  default void defer(BackfillException failure) {
    reader().defer(failure);
  }

  @Override
  default void lookAhead(Reserve reserve) {
    reader().lookAhead(reserve);
  }

  @Override
  default String reading() {
    return reader().reading();
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
