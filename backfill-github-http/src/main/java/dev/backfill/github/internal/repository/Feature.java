package dev.backfill.github.internal.repository;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.github.internal.json.RepositoryReader;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * A part of a repository that its owner can disable.
 *
 * @see <a href="https://docs.github.com/en/rest/repos/repos#get-a-repository">GitHub: {@code
 *     has_issues}, {@code has_pull_requests}</a>
 */
public enum Feature {
  /** Pull requests, their reviews and the comments on their lines. */
  PULL_REQUESTS("Pull requests"),
  /** Issues; the comments of both kinds of conversation are listed with them. */
  ISSUES("Issues");

  private final String words;

  Feature(String words) {
    this.words = words;
  }

  /** Returns the note for users about a history that ends for this reason. */
  public String note() {
    return words + " are switched off at GitHub; items that were stored before stay";
  }

  /** Returns true if a refusal (410) names this feature as disabled, or names none. */
  boolean isNamedBy(PermanentFailureException refusal) {
    String stated = String.valueOf(refusal.getMessage()).toLowerCase(Locale.ROOT);
    return refusal.reason() == Reason.GONE
        && (stated.startsWith("github answers 410 for ")
            || stated.contains(words.toLowerCase(Locale.ROOT)));
  }

  /** Returns the features that a repository lacks. */
  static Set<Feature> off(RepositoryReader.Seen seen) {
    EnumSet<Feature> off = EnumSet.noneOf(Feature.class);
    if (!seen.pullRequests()) {
      off.add(PULL_REQUESTS);
    }
    if (!seen.issues()) {
      off.add(ISSUES);
    }
    return Set.copyOf(off);
  }
}
