package dev.backfill.github.internal.session;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.Cursor;
import dev.backfill.github.internal.cursor.CursorState;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.repository.SharedResources;
import dev.backfill.github.internal.rest.ListEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A reader of one kind of item of any repository. Immutable.
 *
 * @param resources the resources that its sessions share
 * @param endpoint the REST list, by which single items are always read
 * @param strategies the usable strategies, the preferred one first
 * @param changeable true if another strategy may finish a read that the preferred one has begun
 * @param key returns an item's key
 */
public record StreamReader<T>(
    SharedResources resources,
    ListEndpoint<T> endpoint,
    List<ReadStrategy<T>> strategies,
    boolean changeable,
    Function<T, String> key) {

  /** Copies the list. */
  public StreamReader {
    strategies = List.copyOf(strategies);
  }

  /** Opens a session. */
  public HistorySession<T> open(String repository, Cursor from) {
    CursorState state = from.isStart() ? null : CursorState.decode(from);
    return new HistorySession<>(this, strategy(state), repository, from, state);
  }

  /** Opens a session that reads some items again. */
  public KeyedSession<T> openByKeys(String repository, List<String> keys, Cursor at) {
    return new KeyedSession<>(this, repository, keys, at);
  }

  /** Opens a session that lists the keys of everything. */
  public PagedKeyListing<T> listKeys(String repository, Cursor at, Cursor from) {
    return new PagedKeyListing<>(this, repository, at, from);
  }

  /** Returns true if the items before a cursor were read with all extras that are wanted now. */
  public boolean canResume(Cursor cursor) {
    if (cursor.isStart()) {
      return true;
    }
    CursorState state = CursorState.decode(cursor);
    Position place = place(state);
    return state.extras().containsAll(endpoint.extras())
        && (changeable || place == null || strategies.get(0).reads(place));
  }

  Set<String> extras() {
    return endpoint.extras();
  }

  private ReadStrategy<T> strategy(@Nullable CursorState state) {
    Position place = state == null ? null : place(state);
    if (place == null) {
      return state == null ? strategies.get(0) : ofPass(state.stage());
    }
    List<ReadStrategy<T>> able = new ArrayList<>(strategies);
    able.removeIf(strategy -> !strategy.reads(place));
    if (able.isEmpty()) {
      throw new PermanentFailureException(
          Reason.BAD_CREDENTIALS,
          "This history has been read by GraphQL so far, which needs a token. Stored items stay."
              + " Set a token (GITHUB_TOKEN), or choose the transport rest to read it again from its"
              + " start.",
          null);
    }
    return able.get(0);
  }

  /**
   * Returns the strategy that can continue a pass of the catch-up at its position; every other one
   * would start the pass again.
   */
  private ReadStrategy<T> ofPass(ReadStage stage) {
    ReadStage.Run run = stage instanceof ReadStage.CatchUp catchUp ? catchUp.run() : null;
    return run == null
        ? strategies.get(0)
        : strategies.stream()
            .filter(strategy -> strategy.reads(run.position()))
            .findFirst()
            .orElse(strategies.get(0));
  }

  /** Returns the strategy for reading what another one cannot; null if there is none. */
  @Nullable ReadStrategy<T> besides(ReadStrategy<T> other) {
    return changeable
        ? strategies.stream().filter(strategy -> !strategy.equals(other)).findFirst().orElse(null)
        : null;
  }

  /**
   * Returns the position of a history, which belongs to one strategy; later every strategy can
   * continue.
   */
  private static @Nullable Position place(CursorState state) {
    return state.stage() instanceof ReadStage.History history ? history.position() : null;
  }
}
