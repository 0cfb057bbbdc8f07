package dev.backfill.testkit.postgrest;

/** The faults that a request to a simulated project can meet. */
public enum CallFault {
  /** The connection ends before the function runs. */
  CUT_BEFORE,
  /**
   * The connection ends when the function begins. The function runs to its end all the same, maybe
   * at the same time as the request after it.
   */
  CUT_DURING,
  /** The function is committed, and the connection ends without an answer. */
  CUT_AFTER,
  /** The function is committed, and the connection ends in the middle of the answer. */
  CUT_ANSWER,
  /** The function is committed, and the answer never arrives; the connection stays open. */
  LATE,
  /** The gateway answers 503 with a page of HTML, and the function does not run. */
  UNAVAILABLE_BEFORE,
  /** The function is committed, and the gateway answers 502 with a page of HTML. */
  UNAVAILABLE_AFTER,
  /** A proxy sends the request twice, one after the other; the second answer arrives. */
  REPEATED,
  /** A proxy sends the request twice at the same time; the later answer arrives. */
  REPEATED_AT_ONCE
}
