package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;

/**
 * How much of a history may be in quarantine before its job ends as failed: a few broken items are
 * the exception that a quarantine is for, many of them are a mistake somewhere else. Both limits
 * have to be passed, so that neither a short history nor a long one ends for a handful.
 *
 * @param items so many items are always allowed; 0 or more
 * @param share so large a part of the items that were passed is allowed too; from 0 to 1
 */
public record FailureBudget(long items, double share) {

  /** The most of the usual: 100 items, or a tenth of what was passed where that is more. */
  private static final FailureBudget DEFAULTS = new FailureBudget(100, 0.1);

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when one is out of its range
   */
  public FailureBudget {
    if (items < 0) {
      throw new InvalidConfigurationException(
          "The most items in quarantine are " + items + "; it must be 0 or more.");
    }
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidConfigurationException(
          "The largest share in quarantine is " + share + "; it must be from 0 to 1.");
    }
  }

  /**
   * The usual budget: 100 items, or a tenth of what was passed where that is more.
   *
   * @return the budget
   */
  public static FailureBudget ofDefaults() {
    return DEFAULTS;
  }

  /**
   * A budget of so many items, however long the history is.
   *
   * @param items 0 or more
   * @return the budget
   * @throws InvalidConfigurationException when it is negative
   */
  public static FailureBudget ofItems(long items) {
    return new FailureBudget(items, 0);
  }

  /**
   * Whether this much may be in quarantine.
   *
   * @param quarantined items in quarantine; 0 or more
   * @param passed items that were passed, those in quarantine among them; 0 or more
   * @return false when both limits are passed
   */
  public boolean allows(long quarantined, long passed) {
    return quarantined <= items || quarantined <= share * passed;
  }
}
