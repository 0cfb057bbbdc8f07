package dev.backfill.github.internal.rest;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.cursor.ListGap;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ItemReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All items of a list, some at a time, for their keys. */
public interface KeyList<T> {

  /** Fetches the next items; empty if a page has no new ones, and at the end. */
  List<ParsedItem<T>> next(RequestBudget budget) throws InterruptedException;

  /** Returns the position behind the last item that was fetched. */
  Position position();

  /** Returns the stage to continue from behind that item. */
  default ReadStage stage() {
    return new ReadStage.History(Instant.EPOCH, position());
  }

  boolean isAtEnd();

  /** Returns the part of the list that GitHub does not list, as far as it is known; or null. */
  default @Nullable ListGap gap() {
    return null;
  }

  void close();

  /** Returns the item; an item that was not read yet is replaced by its key. */
  private static <T> ParsedItem<T> named(ReadItem<T> item) {
    String key = item.key();
    return key == null
        ? item.item()
        : ParsedItem.rejected(null, new RejectedItem(key, "Only its key is known.", ""));
  }

  /** Returns a list of a reader's items, a page at a time. */
  static <T> KeyList<T> of(ItemReader<T> reader) {
    return new KeyList<>() {
      /** Kept if a request fails: the reader does not return them again. */
      private final List<ParsedItem<T>> taken = new ArrayList<>();

      /**
       * True after the reader's last item: at a last page it may still find that the list is cut.
       */
      private boolean ended;

      @Override
      public List<ParsedItem<T>> next(RequestBudget budget) throws InterruptedException {
        do {
          ReadItem<T> next = reader.next(budget);
          if (next == null) {
            ended = true;
            break;
          }
          taken.add(named(next));
        } while (reader.buffered() > 0);
        List<ParsedItem<T>> items = List.copyOf(taken);
        taken.clear();
        return items;
      }

      @Override
      public @Nullable ListGap gap() {
        Instant cutAt = reader.cutAt();
        return cutAt == null ? null : new ListGap(cutAt);
      }

      @Override
      public Position position() {
        return reader.position();
      }

      @Override
      public boolean isAtEnd() {
        return ended;
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }
}
