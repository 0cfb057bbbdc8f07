package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.source.PullSource;
import dev.backfill.testkit.ListSource.Flaw;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PullSourceContractTest {

  private static final int COUNT = 317;

  @Nested
  class AnHonestSource extends Numbers {
    AnHonestSource() {
      super(COUNT, Flaw.NONE);
    }
  }

  @Nested
  class AnEmptySource extends Numbers {
    AnEmptySource() {
      super(0, Flaw.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyFlawIsFound(Flaw flaw) throws Exception {
    assertThat(failures(new Numbers(COUNT, flaw) {})).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "SKIPS_ONE_AFTER_RESUMING, aNewSessionAtAnyCursorReturnsTheRest",
    "REPEATS_ONE_AFTER_RESUMING, aNewSessionAtAnyCursorReturnsTheRest",
    "EXCEEDS_THE_SIZE, aChunkNeverExceedsItsSize",
    "NEVER_ENDS, everyItemArrivesExactlyOnceAndInOrder",
    "GOES_ON_AFTER_THE_END, theEndStaysTheEnd",
    "LOSES_ITEMS_WHEN_INTERRUPTED, anInterruptedSessionStaysUsable",
    "SHARES_ITS_PLACE, twoSessionsInTurnDoNotDisturbEachOther",
    "TAKES_ANY_CURSOR, aCursorOfAnUnknownVersionIsRefused",
    "DROPS_REJECTED_ITEMS, everyItemArrivesExactlyOnceAndInOrder",
    "COUNTS_WRONG, quotaAndTotalCanBeAskedAtAnyTime",
    "REREADS_ONE_TOO_FEW, exactlyTheItemsThatAreAskedForAreReadAgain",
    "MOVES_THE_CURSOR_WHEN_REREADING, readingAgainMovesNoCursor"
  })
  void theTestThatIsNamedForAPromiseFails(Flaw flaw, String promise) throws Exception {
    assertThat(failures(new Numbers(COUNT, flaw) {})).contains(promise);
  }

  @Test
  void anHonestSourceFailsNothing() throws Exception {
    assertThat(failures(new Numbers(COUNT, Flaw.NONE) {})).isEmpty();
  }

  /** The contract's tests that a source fails. */
  private static Set<String> failures(PullSourceContract<?> contract) throws Exception {
    Set<String> failed = new TreeSet<>();
    int tests = 0;
    for (Class<?> group : PullSourceContract.class.getClasses()) {
      assertThat(group).hasAnnotation(Nested.class);
      Object tested = group.getConstructor(PullSourceContract.class).newInstance(contract);
      for (Method test : group.getMethods()) {
        if (test.isAnnotationPresent(Test.class)) {
          tests++;
          if (fails(test, tested)) {
            failed.add(test.getName());
          }
        }
      }
    }
    assertThat(tests).isGreaterThan(10);
    return failed;
  }

  private static boolean fails(Method test, Object tested) throws Exception {
    try {
      test.invoke(tested);
      return false;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof AssertionError) {
        return true;
      }
      throw e;
    }
  }

  /** The contract applied to numbers. */
  abstract static class Numbers extends PullSourceContract<Integer> {

    private final int count;
    private final ListSource source;

    Numbers(int count, Flaw flaw) {
      this.count = count;
      this.source = new ListSource(count, flaw);
    }

    @Override
    protected PullSource<Integer> source() {
      return source;
    }

    @Override
    protected String target() {
      return "numbers";
    }

    @Override
    protected List<String> expectedKeys() {
      return expectedItems().stream().map(source::itemKey).toList();
    }

    @Override
    protected List<String> expectedRejectedKeys() {
      return numbers().filter(ListSource::isRejected).mapToObj(source::itemKey).toList();
    }

    @Override
    protected List<Integer> expectedItems() {
      return numbers().filter(item -> !ListSource.isRejected(item)).boxed().toList();
    }

    private IntStream numbers() {
      return IntStream.range(0, count);
    }
  }
}
