package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ItemReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.ArrayList;
import java.util.List;

/** Everything that a list has, some items at a time, for the sake of the keys. */
public interface KeyList<T> {

  /** Fetches the next items; empty when a page has no new ones, and at the end. */
  List<ParsedItem<T>> next(RequestBudget budget) throws InterruptedException;

  /** The place behind the last item that was fetched. */
  Position position();

  boolean isAtEnd();

  void close();

  /** Takes the items of a walker, a page at a time. */
  static <T> KeyList<T> of(ItemReader<T> reader) {
    return new KeyList<>() {
      @Override
      public List<ParsedItem<T>> next(RequestBudget budget) throws InterruptedException {
        List<ParsedItem<T>> items = new ArrayList<>();
        do {
          ReadItem<T> taken = reader.take(budget);
          if (taken == null) {
            break;
          }
          items.add(taken.item());
        } while (reader.left() > 0);
        return items;
      }

      @Override
      public Position position() {
        return reader.position();
      }

      @Override
      public boolean isAtEnd() {
        return reader.isAtEnd();
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }
}
