package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.run.BackfillSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Session of the items in quarantine. It reads a page of keys at a time, each by a session of
 * {@link dev.backfill.api.source.PullSource#openByKeys}.
 */
final class QuarantineReader<T> implements SourceSession<T> {

  private final BackfillSpec<T> job;
  private final QuarantinePages pages;
  private final ProgressStore store;
  private final BackfillId id;
  private final Cursor at;
  private @Nullable SourceSession<T> session;
  private @Nullable Quota quota;
  private boolean pageIsRead;

  QuarantineReader(
      BackfillSpec<T> job, QuarantinePages pages, ProgressStore store, BackfillId id, Cursor at) {
    this.job = job;
    this.pages = pages;
    this.store = store;
    this.id = id;
    this.at = at;
  }

  /** Opens the next page if the last one is read. Returns false if there are no more. */
  boolean advance() {
    if (pageIsRead) {
      // Its last chunk is committed, since the loop continues.
      close();
      pageIsRead = false;
      pages.pass();
    }
    if (session != null) {
      return true;
    }
    List<String> keys = pages.next(store, id);
    if (keys.isEmpty()) {
      return false;
    }
    session =
        job.source().openByKeys(job.target(), keys, at).orElseThrow(() -> cannotOpenByKeys(job));
    return true;
  }

  static PermanentFailureException cannotOpenByKeys(BackfillSpec<?> job) {
    return new PermanentFailureException(
        Reason.INVALID_REQUEST,
        "The source %s cannot fetch single items again. The quarantine of %s is unchanged. An item leaves it when it is next fetched with the history."
            .formatted(job.source().name(), job.target()),
        null);
  }

  @Override
  public void prepare() throws InterruptedException {
    if (session != null) {
      session.prepare();
    }
  }

  @Override
  public Chunk<T> next(int size, long reserve) throws InterruptedException {
    if (session == null) {
      throw new IllegalStateException("no page of the quarantine is open");
    }
    Chunk<T> chunk = progressing(session.next(size, reserve), job);
    pageIsRead = chunk.last();
    return chunk.withNext(at, false).withPhase(Phase.RETRY);
  }

  /** Refuses a chunk without progress, which would repeat for ever. */
  static <T> Chunk<T> progressing(Chunk<T> chunk, BackfillSpec<T> job) {
    if (chunk.size() == 0 && !chunk.last()) {
      throw new IllegalStateException(
          "the source " + job.source().name() + " returned none of the items to fetch again");
    }
    return chunk;
  }

  @Override
  public @Nullable Quota quota() {
    if (session != null) {
      Quota latest = session.quota();
      quota = latest == null ? quota : latest;
    }
    return quota;
  }

  @Override
  public Total total() {
    return Total.UNKNOWN;
  }

  @Override
  public String readMode() {
    return session == null ? "" : session.readMode();
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
      session = null;
    }
  }
}
