package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;

/**
 * The number of items of a history that may be in quarantine before its job ends as failed. A few
 * broken items are what a quarantine is for; many of them are a mistake somewhere else. A job fails
 * only if both limits are exceeded, so that a few items end neither a short history nor a long one.
 *
 * @param items the number of items that is always allowed; 0 or more
 * @param share the share of the passed items that is allowed too; from 0 to 1
 */
public record FailureBudget(long items, double share) {

  /** The default budget: 100 items, or a tenth of the passed items if that is more. */
  private static final FailureBudget DEFAULTS = new FailureBudget(100, 0.1);

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is out of its range
   */
  public FailureBudget {
    if (items < 0) {
      throw new InvalidConfigurationException(
          "The failure budget's number of items is " + items + "; it must be 0 or more.");
    }
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidConfigurationException(
          "The failure budget's share is " + share + "; it must be from 0 to 1.");
    }
  }

  /**
   * Returns the default budget: 100 items, or a tenth of the passed items if that is more.
   *
   * @return the budget
   */
  public static FailureBudget ofDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns a budget of a number of items, for a history of any length.
   *
   * @param items 0 or more
   * @return the budget
   * @throws InvalidConfigurationException if it is negative
   */
  public static FailureBudget ofItems(long items) {
    return new FailureBudget(items, 0);
  }

  /**
   * Checks if a number of items may be in quarantine.
   *
   * @param quarantined items in quarantine; 0 or more
   * @param passed items that were passed, including those in quarantine; 0 or more
   * @return false if both limits are exceeded
   */
  public boolean allows(long quarantined, long passed) {
    return quarantined <= items || quarantined <= share * passed;
  }
}
