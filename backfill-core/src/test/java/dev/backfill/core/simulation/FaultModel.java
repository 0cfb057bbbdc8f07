package dev.backfill.core.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Which faults this world has, and how often: about half of them are possible in each, so that each
 * kind also meets a world without the others.
 */
final class FaultModel {

  private final SplittableRandom random;
  private final Coverage coverage;
  private final Map<String, Integer> permille = new HashMap<>();
  private boolean calm;

  FaultModel(SplittableRandom random, Coverage coverage) {
    this.random = random;
    this.coverage = coverage;
  }

  boolean isCalm() {
    return calm;
  }

  /** No faults from now on. */
  void calmDown() {
    calm = true;
  }

  boolean strikes(String fault) {
    if (calm) {
      return false;
    }
    Integer rate = permille.get(fault);
    if (rate == null) {
      rate = random.nextBoolean() ? 0 : 1 + random.nextInt(random.nextInt(10) == 0 ? 400 : 80);
      permille.put(fault, rate);
    }
    if (rate == 0 || random.nextInt(1_000) >= rate) {
      return false;
    }
    coverage.hit(fault);
    return true;
  }

  /** Something was met that nobody has thrown in. */
  void met(String what) {
    coverage.hit(what);
  }

  /** How long something takes that is short as a rule. */
  long latency(String slow) {
    if (strikes(slow)) {
      return Simulation.seconds(1 + random.nextInt(120));
    }
    int kind = random.nextInt(10);
    if (kind == 0) {
      return 0;
    }
    return Simulation.millis(1 + random.nextInt(kind == 1 ? 3_000 : 40));
  }
}
