package dev.backfill.cli;

import dev.backfill.api.store.Backfill;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.github.RepositoryName;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The repositories that a command is about: those that are named, in any case, or all.
 *
 * @param names their names; empty for all
 */
record Selection(Set<String> names) {

  static final Selection ALL = of(List.of());

  static Selection of(List<String> repositories) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    repositories.forEach(text -> names.add(RepositoryName.parse(text).toString()));
    return new Selection(names);
  }

  static Selection of(String repository) {
    return of(List.of(repository));
  }

  boolean has(Backfill backfill) {
    return names.isEmpty() || names.contains(backfill.key().target());
  }

  /** Tells of each name of which there is nothing; says whether there is one. */
  boolean tellUnknown(List<Backfill> backfills, BackfillSettings settings, PrintWriter err) {
    List<String> unknown =
        names.stream()
            .filter(
                name ->
                    backfills.stream()
                        .noneMatch(each -> each.key().target().equalsIgnoreCase(name)))
            .toList();
    unknown.forEach(name -> err.println(Texts.nothingOf(name, settings)));
    return !unknown.isEmpty();
  }
}
