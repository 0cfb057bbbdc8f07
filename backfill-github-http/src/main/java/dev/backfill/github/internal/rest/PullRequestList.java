package dev.backfill.github.internal.rest;

import dev.backfill.api.history.PullRequest;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.read.Timestamps;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.repository.OpenRepository;
import java.util.Set;
import java.util.TreeSet;

/** The list of pull requests, with the extras that are read of each. */
public final class PullRequestList {

  /** An extra: the fields that only a single pull request contains. */
  public static final String DETAILS = "details";

  /** An extra: the reviews. */
  public static final String REVIEWS = "reviews";

  private PullRequestList() {}

  public static ListEndpoint<PullRequest> with(Set<String> extras) {
    return new ListEndpoint<>(
        "/pulls",
        "state=all&",
        ListEndpoint.Order.CREATION,
        Feature.PULL_REQUESTS,
        PullRequestMapper.ofLists(),
        item -> new Timestamps(item.createdAt(), item.updatedAt(), item.number()),
        new PullRequestEnrichmentFactory(extras),
        extras);
  }

  private record PullRequestEnrichmentFactory(Set<String> extras)
      implements ListEndpoint.EnrichmentFactory<PullRequest> {

    @Override
    public ItemEnrichment<PullRequest> begin(
        ParsedItem<PullRequest> item, OpenRepository repository) {
      return item.item() == null || extras.isEmpty()
          ? ItemEnrichment.of(item)
          : PullRequestEnrichment.of(item.item(), repository, extras);
    }

    @Override
    public ItemEnrichment<PullRequest> ofKey(
        String key, OpenRepository repository, Set<String> more) {
      Set<String> all = new TreeSet<>(extras);
      all.addAll(more);
      int number = (int) Math.min(Long.parseLong(key), Integer.MAX_VALUE);
      return PullRequestEnrichment.of(number, repository, all);
    }

    @Override
    public int requestsPerItem() {
      return extras.size();
    }
  }
}
