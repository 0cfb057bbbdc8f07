package dev.backfill.testkit;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The numbers from 0 on; every hundredth cannot be stored. Keeps its promises, or breaks one. */
final class ListSource implements PullSource<Integer> {

  /** A promise that is broken. */
  enum Flaw {
    NONE,
    SKIPS_ONE_AFTER_RESUMING,
    REPEATS_ONE_AFTER_RESUMING,
    EXCEEDS_THE_SIZE,
    NEVER_ENDS,
    GOES_ON_AFTER_THE_END,
    LOSES_ITEMS_WHEN_INTERRUPTED,
    SHARES_ITS_PLACE,
    TAKES_ANY_CURSOR,
    DROPS_REJECTED_ITEMS,
    COUNTS_WRONG,
    REREADS_ONE_TOO_FEW,
    MOVES_THE_CURSOR_WHEN_REREADING
  }

  private final int count;
  private final Flaw flaw;
  private Session shared = new Session(0);

  ListSource(int count, Flaw flaw) {
    this.count = count;
    this.flaw = flaw;
  }

  static boolean isRejected(int item) {
    return item % 100 == 99;
  }

  @Override
  public String name() {
    return "test:numbers";
  }

  @Override
  public SourceSession<Integer> open(String target, Cursor from) {
    if (flaw == Flaw.SHARES_ITS_PLACE) {
      if (shared.next >= count) {
        shared = new Session(0);
      }
      return shared;
    }
    int next = parse(from);
    int wrong =
        switch (flaw) {
          case SKIPS_ONE_AFTER_RESUMING -> 1;
          case REPEATS_ONE_AFTER_RESUMING -> -1;
          default -> 0;
        };
    return new Session(next == 0 || next >= count ? next : next + wrong);
  }

  @Override
  public String itemKey(Integer item) {
    return "n" + item;
  }

  @Override
  public Optional<SourceSession<Integer>> openByKeys(String target, List<String> keys, Cursor at) {
    List<Integer> items = keys.stream().map(key -> Integer.parseInt(key.substring(1))).toList();
    return Optional.of(
        new Again(flaw == Flaw.REREADS_ONE_TOO_FEW ? items.subList(1, items.size()) : items, at));
  }

  private int parse(Cursor from) {
    if (from.isStart()) {
      return 0;
    }
    if (!from.value().startsWith("1:")) {
      if (flaw == Flaw.TAKES_ANY_CURSOR) {
        return 0;
      }
      throw new PermanentFailureException(
          PermanentFailureException.Reason.INCOMPATIBLE, "unknown cursor", null);
    }
    return Integer.parseInt(from.value().substring(2));
  }

  /** Chosen numbers again. */
  private final class Again implements SourceSession<Integer> {

    private final List<Integer> chosen;
    private final Cursor at;
    private int next;

    private Again(List<Integer> chosen, Cursor at) {
      this.chosen = chosen;
      this.at = at;
    }

    @Override
    public Chunk<Integer> next(int size, long reserve) {
      List<Integer> items = new ArrayList<>();
      List<RejectedItem> rejected = new ArrayList<>();
      for (int end = Math.min(chosen.size(), next + size); next < end; next++) {
        if (isRejected(chosen.get(next))) {
          rejected.add(new RejectedItem(itemKey(chosen.get(next)), "too round", ""));
        } else {
          items.add(chosen.get(next));
        }
      }
      Cursor place = flaw == Flaw.MOVES_THE_CURSOR_WHEN_REREADING ? new Cursor("1:" + next) : at;
      return new Chunk<>(items, rejected, place, next == chosen.size(), 0, Phase.RETRY);
    }

    @Override
    public Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.UNKNOWN;
    }

    @Override
    public void close() {}
  }

  private final class Session implements SourceSession<Integer> {

    private int next;

    private Session(int next) {
      this.next = next;
    }

    @Override
    public Chunk<Integer> next(int size, long reserve) throws InterruptedException {
      if (Thread.interrupted()) {
        next += flaw == Flaw.LOSES_ITEMS_WHEN_INTERRUPTED ? size : 0;
        throw new InterruptedException();
      }
      if (flaw == Flaw.GOES_ON_AFTER_THE_END && next >= count) {
        next = count - 1;
      }
      int end = Math.min(count, next + size + (flaw == Flaw.EXCEEDS_THE_SIZE ? 1 : 0));
      List<Integer> items = new ArrayList<>();
      List<RejectedItem> rejected = new ArrayList<>();
      for (; next < end; next++) {
        if (!isRejected(next)) {
          items.add(next);
        } else if (flaw != Flaw.DROPS_REJECTED_ITEMS) {
          rejected.add(new RejectedItem(itemKey(next), "too round", ""));
        }
      }
      boolean last = next >= count && flaw != Flaw.NEVER_ENDS;
      return new Chunk<>(items, rejected, new Cursor("1:" + next), last, 0);
    }

    @Override
    public Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.exact(flaw == Flaw.COUNTS_WRONG ? count + 1 : count);
    }

    @Override
    public void close() {}
  }
}
