package dev.backfill.core;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;

final class Failures {

  private Failures() {}

  static ScriptedSource.Step transientOnce(String message) {
    return () -> {
      throw new TransientFailureException(message, null);
    };
  }

  static ScriptedSource.Step permanent() {
    return () -> {
      throw new PermanentFailureException(
          PermanentFailureException.Reason.NOT_FOUND, "it is not there", null);
    };
  }
}
