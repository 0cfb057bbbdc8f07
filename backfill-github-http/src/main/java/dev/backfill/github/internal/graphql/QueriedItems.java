package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.QueriedPullRequests;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.rest.PullRequestEnrichment;
import dev.backfill.github.internal.rest.PullRequestList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates items from nodes, each with the enrichment that it still needs. */
final class QueriedItems {

  private final OpenRepository repository;
  private final PullRequestQuery query;
  private final Set<String> extras;

  QueriedItems(OpenRepository repository, PullRequestQuery query) {
    this.repository = repository;
    this.query = query;
    this.extras = new HashSet<>();
    if (query.withDetails()) {
      extras.add(PullRequestList.DETAILS);
    }
    if (query.withReviews()) {
      extras.add(PullRequestList.REVIEWS);
    }
  }

  /** Creates an item for a pull request whose number queries do not return. */
  ReadItem<PullRequest> unnumbered(String cursor, Position position, List<Integer> candidates) {
    String key = "graphql:" + cursor;
    return ReadItem.unread(
        key, position, 0, () -> new UnnumberedPullRequest(repository, extras, key, candidates));
  }

  ReadItem<PullRequest> readItem(JsonNode node, Position after, long bytes) {
    JsonNode number = node.path("number");
    PullRequest item = read(node, number.intValue());
    if (item == null) {
      return ReadItem.unread(
          number.asText(),
          after,
          bytes,
          () -> PullRequestEnrichment.of(number.intValue(), repository, extras));
    }
    ParsedItem<PullRequest> parsed = ParsedItem.of(item.githubId(), item);
    if (!query.withReviews() || hasAllReviews(node.path("reviews"))) {
      return ReadItem.whole(parsed, after, bytes);
    }
    JsonNode more = node.path("reviews").path("pageInfo");
    boolean follows = more.path("hasNextPage").asBoolean(false);
    long counted = node.path("reviews").path("totalCount").asLong(-1);
    // If GitHub lists fewer than it counts and announces no more, REST lists them.
    String reviewsAfter = follows ? more.path("endCursor").asText("") : "";
    return new ReadItem<>(
        parsed,
        after,
        bytes,
        () -> new MoreReviews(repository, item, reviewsAfter, counted, extras));
  }

  private static boolean hasAllReviews(JsonNode reviews) {
    return !reviews.path("pageInfo").path("hasNextPage").asBoolean(false)
        && reviews.path("totalCount").asLong(-1) <= reviews.path("nodes").size();
  }

  /** Returns null if something is missing or malformed: REST may work then. */
  private @Nullable PullRequest read(JsonNode node, int number) {
    try {
      List<Review> reviews = null;
      if (query.withReviews()) {
        JsonNode nodes = node.path("reviews").path("nodes");
        if (!nodes.isArray()) {
          return null;
        }
        reviews = QueriedPullRequests.reviews(nodes, number);
      }
      return QueriedPullRequests.read(node, repository.current(), query.withDetails(), reviews);
    } catch (InvalidItemException e) {
      return null;
    }
  }
}
