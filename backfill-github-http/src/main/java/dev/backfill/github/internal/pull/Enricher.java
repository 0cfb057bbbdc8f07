package dev.backfill.github.internal.pull;

import dev.backfill.api.history.Repository;
import dev.backfill.github.internal.http.GitHubApi;
import dev.backfill.github.internal.json.ParsedItem;

/** Begins what an item of a page still needs. */
@FunctionalInterface
interface Enricher<T> {

  Completion<T> begin(ParsedItem<T> item, Repository repository, GitHubApi api);
}
