package dev.backfill.cli.option;

import dev.backfill.api.store.Backfill;
import dev.backfill.github.RepositoryName;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The repositories that a command selects, in any case; all if none is named.
 *
 * @param names their names; empty for all
 */
public record Selection(Set<String> names) {

  public static final Selection ALL = of(List.of());

  public static Selection of(List<String> repositories) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    repositories.forEach(text -> names.add(RepositoryName.parse(text).toString()));
    return new Selection(names);
  }

  public static Selection of(String repository) {
    return of(List.of(repository));
  }

  public boolean has(Backfill backfill) {
    return names.isEmpty() || names.contains(backfill.key().target());
  }

  /** Returns the names that have no backfill. */
  public List<String> unknown(List<Backfill> backfills) {
    return names.stream()
        .filter(
            name ->
                backfills.stream().noneMatch(each -> each.key().target().equalsIgnoreCase(name)))
        .toList();
  }
}
