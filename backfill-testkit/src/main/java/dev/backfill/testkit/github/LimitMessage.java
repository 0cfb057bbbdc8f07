package dev.backfill.testkit.github;

/** GitHub's messages for limits. */
final class LimitMessage {

  private LimitMessage() {}

  static String of(Quotas.Verdict verdict) {
    return verdict == Quotas.Verdict.PRIMARY
        ? "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help,"
            + " please include the request ID."
        : "You have exceeded a secondary rate limit. Please wait a few minutes before you try"
            + " again.";
  }
}
