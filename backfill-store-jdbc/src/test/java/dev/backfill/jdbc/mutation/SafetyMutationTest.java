package dev.backfill.jdbc.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.mutation.Mutant;
import dev.backfill.mutation.Mutation;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The safety clauses of the store: each is taken out, one at a time, and the tests that guard it
 * fail.
 */
class SafetyMutationTest {

  private static final String MODULE = "dev.backfill.jdbc";
  private static final String PROGRESS = "java/dev/backfill/jdbc/internal/progress/";
  private static final String DIALECT = "java/dev/backfill/jdbc/internal/dialect/";
  private static final String SCRIPTS = "resources/dev/backfill/jdbc/schema/";

  @TempDir Path folder;

  static Stream<Mutation> clauses() {
    return Stream.of(
        new Mutation(
            "the fence condition of a commit",
            PROGRESS + "BackfillTable.java",
            "return fence == lease.fence() && owner.equals(backfill.holder());",
            "return true;",
            List.of(
                "H2ProgressStoreTest#anOlderFenceCommitsNothing",
                "H2ProgressStoreTest#aLeaseThatWasGivenBackCommitsNothing")),
        new Mutation(
            "the fence condition of a renewal",
            PROGRESS + "BackfillTable.java",
            "\" WHERE id = ? AND fence = ? AND lease_owner = ? AND",
            "\" WHERE id = ? AND (fence = ? OR TRUE) AND (lease_owner = ? OR TRUE) AND",
            List.of("H2ProgressStoreTest#anExpiredLeaseIsGrantedAgain")),
        new Mutation(
            "the fence condition of a release",
            PROGRESS + "Leases.java",
            "if (locked.fence() != lease.fence()) {",
            "if (false) {",
            List.of("H2ProgressStoreTest#anExpiredLeaseIsGrantedAgain")),
        new Mutation(
            "the raising of the fence by a claim",
            PROGRESS + "Leases.java",
            "SET fence = fence + 1, lease_owner",
            "SET lease_owner",
            List.of(
                "H2ProgressStoreTest#everyClaimRaisesTheFence",
                "H2ProgressStoreTest#exactlyTheDeadOwnerIsReplacedAtOnce")),
        new Mutation(
            "the unique key of chunk numbers",
            SCRIPTS + "V001__progress.sql",
            "PRIMARY KEY (backfill_id, chunk_number)",
            "CHECK (chunk_number > 0)",
            List.of("H2ChunkFaultTest#theDatabaseItselfRefusesAChunkNumberTwice")),
        new Mutation(
            "the check of the chunk's number and beginning",
            PROGRESS + "ChunkCommitter.java",
            "!before.isFollowedBy(commit)",
            "false",
            List.of(
                "H2ProgressStoreTest#aNumberThatIsNotTheNextIsRefused",
                "H2ProgressStoreTest#aChunkThatBeginsElsewhereIsRefused")),
        new Mutation(
            "the attempt mark: nothing is found again",
            PROGRESS + "ChunkCommitter.java",
            "stored.get(0).attemptId().equals(commit.attemptId())",
            "false",
            List.of(
                "H2ProgressStoreTest#anAttemptThatIsRepeatedStoresNothingTwice",
                "H2ProgressStoreTest#anAttemptThatIsRepeatedAfterATakeOverIsFound")),
        new Mutation(
            "the attempt mark: everything is taken for one's own",
            PROGRESS + "ChunkCommitter.java",
            "stored.get(0).attemptId().equals(commit.attemptId())",
            "true",
            List.of("H2ProgressStoreTest#aNumberThatIsNotTheNextIsRefused")),
        new Mutation(
            "the row's lock",
            DIALECT + "Dialect.java",
            " FOR UPDATE\"",
            "\"",
            List.of("H2ChunkFaultTest#aClaimWaitsForACommitThatIsUnderWay")),
        new Mutation(
            "newer wins",
            DIALECT + "NewerWins.java",
            "storedVersion + \" <= \" + incoming + \".\" + table.version()",
            "\"TRUE\"",
            List.of(
                "H2HistoryTest#anOlderCopyNeverOverwritesANewerOne",
                "H2HistoryTest#commentsAreStoredNewerWins",
                "H2HistoryTest#aReviewFollowsTheNewerPullRequest")),
        new Mutation(
            "the unique key of pull requests",
            SCRIPTS + "V002__history.sql",
            "PRIMARY KEY (repository_id, number)",
            "CHECK (number > 0)",
            List.of("H2HistoryTest#theDatabaseItselfRefusesAPullRequestTwice")),
        new Mutation(
            "the cursor in the chunk's transaction",
            PROGRESS + "ChunkCommitter.java",
            "SET resume_cursor = ?\" + rest()",
            "SET executor = ?\" + rest()",
            List.of("H2ProgressStoreTest#aCommitMovesCursorCountersAndNextNumber")),
        new Mutation(
            "what leaves the quarantine with a commit",
            PROGRESS + "ChunkCommitter.java",
            "quarantine.remove(connection, lease.backfill(), commit.storedKeys())",
            "0",
            List.of(
                "H2ProgressStoreTest#aStoredItemLeavesTheQuarantine",
                "H2ProgressStoreTest#anItemLeavesTheQuarantineInEveryPhase")),
        new Mutation(
            "the fence condition of a commit in one round trip",
            PROGRESS + "PipelinedCommit.java",
            "WHEN fence = ? AND",
            "WHEN (fence = ? OR TRUE) AND",
            List.of("PostgresHistoryCommitTest#anOlderFenceCommitsNothing")),
        new Mutation(
            "the holder's condition of a commit in one round trip",
            PROGRESS + "PipelinedCommit.java",
            "lease_owner = ? AND",
            "(lease_owner = ? OR TRUE) AND",
            List.of("PostgresHistoryCommitTest#aLeaseThatWasGivenBackCommitsNothing")),
        new Mutation(
            "the place's condition of a commit in one round trip",
            PROGRESS + "PipelinedCommit.java",
            "COALESCE(resume_cursor, '') = ?",
            "(COALESCE(resume_cursor, '') = ? OR TRUE)",
            List.of("PostgresHistoryCommitTest#aChunkThatDoesNotFollowIsRefused")),
        new Mutation(
            "the number's condition of a commit in one round trip",
            PROGRESS + "PipelinedCommit.java",
            "next_chunk_number = ?\"",
            "(next_chunk_number = ? OR TRUE)\"",
            List.of("PostgresHistoryCommitTest#aChunkOfAnotherNumberIsRefused")),
        new Mutation(
            "the second look of newer wins, in ON CONFLICT",
            DIALECT + "PostgresUpsert.java",
            "NewerWins.notNewer(table, \"stored\", \"excluded\")",
            "\"TRUE\"",
            List.of("PostgresLiveWriterTest#aNewerCopyCommittedDuringTheWriteWins")),
        new Mutation(
            "the second look of newer wins, after an insert that met another",
            DIALECT + "H2Dialect.java",
            "changed.addAll(Batches.existing(added, inserted));",
            "",
            List.of("H2LiveWriterTest#anOlderCopyCommittedBetweenTwoStatementsLoses")),
        new Mutation(
            "the quarantine that a restart empties",
            PROGRESS + "Requests.java",
            "quarantine.empty(connection, id);",
            "",
            List.of("H2ProgressStoreTest#aRestartEmptiesTheQuarantine")));
  }

  @ParameterizedTest
  @MethodSource("clauses")
  void theSuiteGoesRedWithout(Mutation clause) throws Exception {
    Mutant.of(MODULE, clause, folder).assertNoticedBy(clause.tests());
  }

  @Test
  void theSuiteIsGreenWithAllOfThem() throws Exception {
    List<String> tests = clauses().flatMap(each -> each.tests().stream()).distinct().toList();

    TestExecutionSummary summary = Mutant.unchanged(MODULE, folder).run(tests);

    assertThat(summary.getFailures())
        .extracting(
            failure -> failure.getTestIdentifier().getDisplayName(),
            TestExecutionSummary.Failure::getException)
        .isEmpty();
    assertThat(summary.getTestsSucceededCount()).isGreaterThanOrEqualTo(tests.size());
  }
}
