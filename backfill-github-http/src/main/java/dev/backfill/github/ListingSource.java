package dev.backfill.github;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.PullSource;
import dev.backfill.github.internal.pull.Listing;
import dev.backfill.github.internal.pull.PullSession;
import dev.backfill.github.internal.pull.Workplace;
import java.util.function.Function;

/** A source that reads one kind of list. */
record ListingSource<T>(
    String name, Workplace workplace, Listing<T> listing, Function<T, String> key)
    implements PullSource<T> {

  @Override
  public Pull<T> open(String target, Cursor from) {
    String repository = RepositoryName.parse(target).toString();
    return PullSession.open(workplace, listing, key, repository, from);
  }

  @Override
  public String itemKey(T item) {
    return key.apply(item);
  }

  @Override
  public boolean resumes(Cursor cursor) {
    return PullSession.covers(cursor, listing.extras());
  }

  @Override
  public String toString() {
    return name;
  }
}
