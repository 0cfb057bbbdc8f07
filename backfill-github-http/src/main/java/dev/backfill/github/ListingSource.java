package dev.backfill.github;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Inventory;
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.PullSource;
import dev.backfill.github.internal.pull.StreamReader;
import java.util.List;
import java.util.Optional;

/** A source that reads one kind of list. */
record ListingSource<T>(String name, StreamReader<T> reader) implements PullSource<T> {

  @Override
  public Pull<T> open(String target, Cursor from) {
    return reader.open(RepositoryName.parse(target).toString(), from);
  }

  @Override
  public String itemKey(T item) {
    return reader.key().apply(item);
  }

  @Override
  public boolean resumes(Cursor cursor) {
    return reader.resumes(cursor);
  }

  @Override
  public Optional<Pull<T>> reread(String target, List<String> keys, Cursor at) {
    return Optional.of(reader.reread(RepositoryName.parse(target).toString(), keys, at));
  }

  @Override
  public Optional<Inventory> inventory(String target, Cursor at, Cursor from) {
    return Optional.of(reader.inventory(RepositoryName.parse(target).toString(), at, from));
  }

  @Override
  public String toString() {
    return name;
  }
}
