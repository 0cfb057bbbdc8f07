package dev.backfill.api.internal.history;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import dev.backfill.api.internal.history.HistoryTable.Getter;
import dev.backfill.api.internal.history.HistoryTable.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of the history model. Accounts come first, then repositories, then their items. */
public final class HistoryRows {

  /** The last copy of each account, in the order of keys. */
  private final SortedMap<Long, Account> accounts = new TreeMap<>();

  private final SortedMap<Long, Repository> repositories = new TreeMap<>();

  private HistoryRows() {}

  /** Returns the rows of items, in which each bot has one login. */
  public static <T> ItemRows of(HistoryTable<T> table, List<T> items) {
    HistoryRows context = new HistoryRows();
    List<@Nullable Object[]> rows = new ArrayList<>(items.size());
    List<PartRows<T, ?>> parts = new ArrayList<>();
    for (Part<T, ?> part : table.parts()) {
      parts.add(new PartRows<>(part, new ArrayList<>()));
    }
    for (T item : items) {
      context.add(table, item);
      rows.add(table.row(item));
      for (PartRows<T, ?> part : parts) {
        part.add(context, item);
      }
    }
    return BotLogins.unified(
        new ItemRows(
            context.upserts(),
            Upsert.of(table.table(), rows),
            parts.stream().map(PartRows::upsert).toList()));
  }

  /** The rows of a table of parts. */
  private record PartRows<T, P>(Part<T, P> part, List<@Nullable Object[]> rows) {

    void add(HistoryRows context, T item) {
      List<P> found = part.of().of(item);
      if (found != null) {
        for (P each : found) {
          context.add(part.table(), each);
          rows.add(part.table().row(each));
        }
      }
    }

    Upsert upsert() {
      return Upsert.of(part.table().table(), rows);
    }
  }

  private <T> void add(HistoryTable<T> table, T item) {
    Getter<T, Repository> repository = table.repository();
    Repository owner = repository == null ? null : repository.of(item);
    if (owner != null) {
      repositories.put(owner.id(), owner);
    }
    for (Getter<T, Account> account : table.accounts()) {
      add(account.of(item));
    }
  }

  private void add(@Nullable Account account) {
    if (account != null) {
      // One chunk may come from both transports; REST's login has no mark.
      accounts.merge(
          account.id(),
          account,
          (known, next) ->
              BotLogins.isMarked(next.login()) && !BotLogins.isMarked(known.login())
                  ? known
                  : next);
    }
  }

  private List<Upsert> upserts() {
    List<@Nullable Object[]> accountRows = new ArrayList<>(accounts.size());
    for (Account account : accounts.values()) {
      accountRows.add(HistoryTables.ACCOUNTS.row(account));
    }
    List<@Nullable Object[]> repositoryRows = new ArrayList<>(repositories.size());
    for (Repository repository : repositories.values()) {
      repositoryRows.add(HistoryTables.REPOSITORIES.row(repository));
    }
    return List.of(
        Upsert.of(HistoryTables.ACCOUNTS.table(), accountRows),
        Upsert.of(HistoryTables.REPOSITORIES.table(), repositoryRows));
  }
}
