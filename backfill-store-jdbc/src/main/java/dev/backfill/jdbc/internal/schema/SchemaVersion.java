package dev.backfill.jdbc.internal.schema;

import java.util.List;

/**
 * A version of the schema, the same for all databases.
 *
 * @param number from 1 on
 * @param scripts the files that upgrade a database of the version before, in order
 * @param compatibleFrom the oldest version whose nodes work with this one; every script that only
 *     adds, and adds nothing that they would have to fill, leaves it as it was
 */
public record SchemaVersion(int number, List<String> scripts, int compatibleFrom) {

  /** The first version whose script gives the table of versions a column for the oldest one. */
  static final int FIRST_WITH_COMPATIBILITY = 3;

  /** All of them in order; a database's version is how many of them it has seen. */
  public static final List<SchemaVersion> ALL =
      List.of(
          new SchemaVersion(1, List.of("V001__progress.sql", "V001__progress_summary.sql"), 1),
          new SchemaVersion(2, List.of("V002__history.sql"), 1),
          new SchemaVersion(3, List.of("V003__verification_and_audit.sql"), 1),
          new SchemaVersion(4, List.of("V004__jobs_and_failures.sql"), 1),
          new SchemaVersion(5, List.of("V005__size_basis.sql"), 1),
          new SchemaVersion(6, List.of("V006__limits_clocks_and_retention.sql"), 1));
}
