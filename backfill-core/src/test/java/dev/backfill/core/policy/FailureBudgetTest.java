package dev.backfill.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import org.junit.jupiter.api.Test;

class FailureBudgetTest {

  @Test
  void theUsualBudgetIsAHundredItemsOrATenthWhicheverIsMore() {
    FailureBudget budget = FailureBudget.ofDefaults();
    assertThat(budget.allows(100, 100)).isTrue();
    assertThat(budget.allows(101, 1_009)).isFalse();
    assertThat(budget.allows(101, 1_010)).isTrue();
    assertThat(budget.allows(10_000, 100_000)).isTrue();
    assertThat(budget.allows(10_001, 100_000)).isFalse();
  }

  @Test
  void aNumberOfItemsHoldsHoweverLongTheHistoryIs() {
    assertThat(FailureBudget.ofItems(0).allows(0, 1_000_000)).isTrue();
    assertThat(FailureBudget.ofItems(0).allows(1, 1_000_000)).isFalse();
  }

  @Test
  void aShareOfAllAllowsEveryItem() {
    assertThat(new FailureBudget(0, 1).allows(10, 10)).isTrue();
  }

  @Test
  void valuesOutOfTheirRangeAreRefusedByName() {
    assertThatThrownBy(() -> FailureBudget.ofItems(-1))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("-1")
        .hasMessageContaining("0 or more");
    for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new FailureBudget(1, share))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining("from 0 to 1");
    }
  }
}
