package dev.backfill.github;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.github.internal.session.StreamReader;
import java.util.List;
import java.util.Optional;

/** A source that reads one kind of list. */
record EndpointSource<T>(String name, Class<T> type, StreamReader<T> reader)
    implements PullSource<T> {

  @Override
  public Optional<Class<T>> itemType() {
    return Optional.of(type);
  }

  @Override
  public SourceSession<T> open(String target, Cursor from) {
    return reader.open(RepositoryName.parse(target).toString(), from);
  }

  @Override
  public String itemKey(T item) {
    return reader.key().apply(item);
  }

  @Override
  public boolean canResume(Cursor cursor) {
    return reader.canResume(cursor);
  }

  @Override
  public Optional<SourceSession<T>> openByKeys(String target, List<String> keys, Cursor at) {
    return Optional.of(reader.openByKeys(RepositoryName.parse(target).toString(), keys, at));
  }

  @Override
  public Optional<KeyListing> listKeys(String target, Cursor at, Cursor from) {
    return Optional.of(reader.listKeys(RepositoryName.parse(target).toString(), at, from));
  }

  @Override
  public String toString() {
    return name;
  }
}
