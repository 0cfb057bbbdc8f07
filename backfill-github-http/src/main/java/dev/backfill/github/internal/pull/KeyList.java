package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.ParsedItem;
import java.util.ArrayList;
import java.util.List;

/** Everything that a list has, some items at a time, for the sake of the keys. */
interface KeyList<T> {

  /** Fetches the next items; empty when a page has no new ones, and at the end. */
  List<ParsedItem<T>> next(Budget budget) throws InterruptedException;

  /** The place behind the last item that was fetched. */
  Position position();

  boolean isAtEnd();

  void close();

  /** Takes the items of a walker, a page at a time. */
  static <T> KeyList<T> of(Walker<T> walker) {
    return new KeyList<>() {
      @Override
      public List<ParsedItem<T>> next(Budget budget) throws InterruptedException {
        List<ParsedItem<T>> items = new ArrayList<>();
        do {
          Taken<T> taken = walker.take(budget);
          if (taken == null) {
            break;
          }
          items.add(taken.item());
        } while (walker.left() > 0);
        return items;
      }

      @Override
      public Position position() {
        return walker.position();
      }

      @Override
      public boolean isAtEnd() {
        return walker.isAtEnd();
      }

      @Override
      public void close() {
        walker.close();
      }
    };
  }
}
