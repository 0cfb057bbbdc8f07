package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PostgresHistoryCommitTest extends AbstractHistoryCommitTest {

  @Override
  TestDatabase database() {
    return TestDatabase.postgres();
  }

  @Test
  void aChunkIsOneRoundTrip() {
    assertThat(statementsOfACommit()).isEqualTo(1);
  }
}
