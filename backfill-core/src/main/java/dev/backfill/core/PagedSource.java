package dev.backfill.core;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.core.Sources.Page;
import dev.backfill.core.Sources.PageFetcher;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A source over pages. Its cursor holds a page and the number of its items that are done, so that a
 * chunk may end within a page.
 */
record PagedSource<T>(String name, Function<? super T, String> key, PageFetcher<T> fetcher)
    implements PullSource<T> {

  PagedSource {
    if (name.isBlank() || name.length() > 100) {
      throw new IllegalArgumentException(
          "name is \"" + name + "\"; a source's name has from 1 to 100 characters");
    }
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(fetcher, "fetcher");
  }

  @Override
  public SourceSession<T> open(String target, Cursor from) {
    return new Session(target, Place.of(from, name));
  }

  @Override
  public String itemKey(T item) {
    return key.apply(item);
  }

  /**
   * A place in the list.
   *
   * @param page the cursor of a page, or null for the first one
   * @param done the number of its items that are done
   * @param ended true if the list ended there, so that later items are new
   */
  private record Place(@Nullable String page, int done, boolean ended) {

    private static final Pattern TEXT =
        Pattern.compile("p1:(\\d{1,9})(e?)(?::(.*))?", Pattern.DOTALL);

    static Place of(Cursor cursor, String source) {
      if (cursor.isStart()) {
        return new Place(null, 0, false);
      }
      Matcher text = TEXT.matcher(cursor.value());
      if (!text.matches()) {
        throw new PermanentFailureException(
            Reason.INCOMPATIBLE,
            "The stored cursor is not one of the source "
                + source
                + ". What is stored is kept. Reload the backfill to read it again from its start.",
            null);
      }
      return new Place(text.group(3), Integer.parseInt(text.group(1)), !text.group(2).isEmpty());
    }

    Cursor cursor() {
      return new Cursor("p1:" + done + (ended ? "e" : "") + (page == null ? "" : ":" + page));
    }
  }

  private final class Session implements SourceSession<T> {

    private final String target;
    private Place place;
    private @Nullable Page<T> page;

    Session(String target, Place place) {
      this.target = target;
      this.place = place;
    }

    @Override
    public Chunk<T> next(int size, long reserve) throws InterruptedException {
      Page<T> current = current(size);
      while (place.done() >= current.items().size() && current.next() != null) {
        place = new Place(current.next(), 0, place.ended());
        page = null;
        current = current(size);
      }
      List<T> all = current.items();
      int begin = Math.min(place.done(), all.size());
      int end = Math.min(begin + size, all.size());
      boolean last = end == all.size() && current.next() == null;
      Phase phase = place.ended() ? Phase.CATCH_UP : Phase.HISTORY;
      place = new Place(place.page(), end, place.ended());
      Cursor next = (last ? new Place(place.page(), end, true) : place).cursor();
      return new Chunk<>(all.subList(begin, end), List.of(), next, last, 0, phase);
    }

    private Page<T> current(int size) throws InterruptedException {
      // Fetches at least the items that are done, whatever size the page was fetched with before.
      Page<T> current = page == null ? fetch(place.done() + size) : page;
      page = current;
      return current;
    }

    private Page<T> fetch(int size) throws InterruptedException {
      try {
        return Objects.requireNonNull(
            fetcher.fetch(target, place.page(), size), "the page fetcher returned null");
      } catch (InterruptedException | BackfillException e) {
        throw e;
      } catch (IOException e) {
        throw new TransientFailureException(
            "The source "
                + name
                + " could not fetch a page of "
                + target
                + ": "
                + e.getMessage()
                + ". What is stored is kept. The page is fetched again.",
            e);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(
            "the source " + name + " failed on a page of " + target + ": " + e, e);
      }
    }

    @Override
    public @Nullable Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.UNKNOWN;
    }

    @Override
    public void close() {
      page = null;
    }
  }
}
