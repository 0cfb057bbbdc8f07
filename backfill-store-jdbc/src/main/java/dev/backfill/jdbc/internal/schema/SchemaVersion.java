package dev.backfill.jdbc.internal.schema;

import java.util.List;

/**
 * A version of the schema, the same for all databases.
 *
 * @param number from 1 on
 * @param script the file that upgrades a database of the version before
 * @param compatibleFrom the oldest version whose nodes work with this one; every script that only
 *     adds, and adds nothing that they would have to fill, leaves it as it was
 */
record SchemaVersion(int number, String script, int compatibleFrom) {

  /** The first version whose script gives the table of versions a column for the oldest one. */
  static final int FIRST_WITH_COMPATIBILITY = 3;

  /** All of them in order; a database's version is how many of them it has seen. */
  static final List<SchemaVersion> ALL =
      List.of(
          new SchemaVersion(1, "V001__progress.sql", 1),
          new SchemaVersion(2, "V002__history.sql", 1),
          new SchemaVersion(3, "V003__verification_and_audit.sql", 1),
          new SchemaVersion(4, "V004__jobs_and_failures.sql", 1),
          new SchemaVersion(5, "V005__size_basis.sql", 1),
          new SchemaVersion(6, "V006__limits_clocks_and_retention.sql", 1));
}
