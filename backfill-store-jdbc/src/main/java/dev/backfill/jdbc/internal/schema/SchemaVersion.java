package dev.backfill.jdbc.internal.schema;

import java.util.List;

/**
 * A version of the schema, the same for all databases.
 *
 * @param number from 1 on
 * @param scripts the files that upgrade a database of the version before, in order
 * @param compatibleFrom the oldest version whose nodes work with this one; a script that only adds,
 *     and adds nothing that they would have to fill, leaves it unchanged
 */
public record SchemaVersion(int number, List<String> scripts, int compatibleFrom) {

  /**
   * The first version whose script adds the column for the oldest compatible version to the table
   * of versions.
   */
  static final int FIRST_WITH_COMPATIBILITY = 3;

  /**
   * All versions in order; a database's version is the number of scripts that were applied to it.
   */
  public static final List<SchemaVersion> ALL =
      List.of(
          new SchemaVersion(1, List.of("V001__progress.sql", "V001__progress_summary.sql"), 1),
          new SchemaVersion(2, List.of("V002__history.sql"), 1),
          new SchemaVersion(3, List.of("V003__verification_and_audit.sql"), 1),
          new SchemaVersion(4, List.of("V004__jobs_and_failures.sql"), 1),
          new SchemaVersion(5, List.of("V005__size_basis.sql"), 1),
          new SchemaVersion(6, List.of("V006__limits_clocks_and_retention.sql"), 1),
          new SchemaVersion(7, List.of("V007__repository_labels.sql"), 1),
          new SchemaVersion(8, List.of("V008__milestones.sql"), 1));
}
