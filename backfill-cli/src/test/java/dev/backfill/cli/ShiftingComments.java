package dev.backfill.cli;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Repository;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Comments that are created, edited, deleted, hidden, listed twice and refused while read. */
final class ShiftingComments implements PullSource<IssueComment> {

  static final String TARGET = "sim/repo";

  private static final Repository REPOSITORY =
      new Repository(7, TARGET, false, "https://example.com", null, null);

  private final TreeMap<Long, Long> versions = new TreeMap<>();
  private final Set<Long> refused = new HashSet<>();
  private final Random random;
  private long last;
  private long version;

  ShiftingComments(Random random, int count) {
    this.random = random;
    add(count);
  }

  void add(int count) {
    for (int i = 0; i < count; i++) {
      versions.put(++last, ++version);
    }
  }

  void edit(int count) {
    pick(count).forEach(id -> versions.put(id, ++version));
  }

  void delete(int count) {
    pick(count).forEach(versions::remove);
  }

  void refuse(int count) {
    refused.addAll(pick(count));
  }

  void accept() {
    refused.clear();
  }

  private List<Long> pick(int count) {
    List<Long> ids = new ArrayList<>(versions.keySet());
    Collections.shuffle(ids, random);
    return ids.subList(0, Math.min(count, ids.size()));
  }

  @Override
  public String name() {
    return "test:comments";
  }

  @Override
  public String itemKey(IssueComment item) {
    return Long.toString(item.githubId());
  }

  @Override
  public SourceSession<IssueComment> open(String target, Cursor from) {
    return new Session(from);
  }

  @Override
  public Optional<SourceSession<IssueComment>> openByKeys(
      String target, List<String> keys, Cursor at) {
    return Optional.of(new Again(keys, at));
  }

  @Override
  public Optional<KeyListing> listKeys(String target, Cursor at, Cursor from) {
    return Optional.of(new Keys(from));
  }

  private IssueComment item(long id) {
    Instant updated = Instant.ofEpochSecond(1_700_000_000L + versions.getOrDefault(id, 0L));
    return new IssueComment(REPOSITORY, id, 1, false, null, "", Instant.EPOCH, updated);
  }

  private void put(long id, List<IssueComment> items, List<RejectedItem> rejected) {
    if (refused.contains(id)) {
      rejected.add(new RejectedItem(Long.toString(id), "refused", ""));
    } else {
      items.add(item(id));
    }
  }

  /**
   * First by number, then by version; the cursor is {@code h:number:version} or {@code c:version}.
   */
  private final class Session implements SourceSession<IssueComment> {

    private String[] place;

    Session(Cursor from) {
      place = (from.isStart() ? "h:0:" + version : from.value()).split(":");
    }

    @Override
    public Chunk<IssueComment> next(int size, long reserve) {
      List<IssueComment> items = new ArrayList<>();
      List<RejectedItem> rejected = new ArrayList<>();
      boolean history = place[0].equals("h");
      boolean last;
      if (history) {
        List<Long> ids =
            new ArrayList<>(versions.tailMap(Long.parseLong(place[1]), false).keySet());
        int end = Math.min(size, ids.size());
        for (long id : ids.subList(0, end)) {
          int times = random.nextInt(20) == 0 ? random.nextInt(3) : 1;
          for (int i = 0; i < times; i++) {
            put(id, items, rejected);
          }
        }
        boolean atEnd = end == ids.size();
        place =
            atEnd
                ? new String[] {"c", place[2]}
                : new String[] {"h", String.valueOf(ids.get(end - 1)), place[2]};
        last = false;
      } else {
        long since = Long.parseLong(place[1]);
        List<Long> changed = new ArrayList<>();
        versions.forEach(
            (id, changedAt) -> {
              if (changedAt > since) {
                changed.add(id);
              }
            });
        changed.sort((one, two) -> Long.compare(versions.get(one), versions.get(two)));
        int end = Math.min(size, changed.size());
        changed.subList(0, end).forEach(id -> put(id, items, rejected));
        last = end == changed.size();
        if (end > 0) {
          place = new String[] {"c", String.valueOf(versions.get(changed.get(end - 1)))};
        }
      }
      return new Chunk<>(
          items,
          rejected,
          new Cursor(String.join(":", place)),
          last,
          1,
          history ? Phase.HISTORY : Phase.CATCH_UP);
    }

    @Override
    public Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.estimate(versions.size() + (last % 3));
    }

    @Override
    public void close() {}
  }

  private final class Again implements SourceSession<IssueComment> {

    private final List<String> remaining;
    private final Cursor at;

    Again(List<String> keys, Cursor at) {
      this.remaining = new ArrayList<>(keys);
      this.at = at;
    }

    @Override
    public Chunk<IssueComment> next(int size, long reserve) {
      List<IssueComment> items = new ArrayList<>();
      List<RejectedItem> rejected = new ArrayList<>();
      List<String> page = remaining.subList(0, Math.min(size, remaining.size()));
      for (String key : page) {
        if (versions.containsKey(Long.parseLong(key))) {
          put(Long.parseLong(key), items, rejected);
        } else {
          rejected.add(new RejectedItem(key, "deleted", ""));
        }
      }
      page.clear();
      return new Chunk<>(items, rejected, at, remaining.isEmpty(), 1, Phase.RETRY);
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

  private final class Keys implements KeyListing {

    private long place;

    Keys(Cursor from) {
      place = from.isStart() ? 0 : Long.parseLong(from.value());
    }

    @Override
    public String scope() {
      return "7";
    }

    @Override
    public long count(long reserve) {
      return versions.size();
    }

    @Override
    public Chunk<String> next(long reserve) {
      List<Long> ids = new ArrayList<>(versions.tailMap(place, false).keySet());
      List<Long> page = ids.subList(0, Math.min(10, ids.size()));
      place = page.isEmpty() ? place : page.get(page.size() - 1);
      return new Chunk<>(
          page.stream().map(String::valueOf).toList(),
          List.of(),
          new Cursor(String.valueOf(place)),
          page.size() == ids.size(),
          0,
          Phase.VERIFY);
    }

    @Override
    public Quota quota() {
      return null;
    }

    @Override
    public long quotaSpent() {
      return 1;
    }

    @Override
    public void close() {}
  }
}
