package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Suspension;
import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import dev.backfill.project.SupabaseProject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that hold for each function of the migration. */
class FunctionRulesTest {

  private static final String FUNCTIONS =
      " FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
          + " AND p.proname LIKE 'backfill%' ";

  /** The functions that clients call. */
  private static final String CALLED =
      "SELECT p.proname"
          + FUNCTIONS
          + "AND p.prorettype = 'jsonb'::regtype AND p.proargtypes = '3802'::oidvector"
          + " ORDER BY p.proname";

  private final HttpClient client = HttpClient.newHttpClient();
  private RestProject project;

  @BeforeEach
  void start() throws SQLException {
    project = RestProject.start();
  }

  @AfterEach
  void close() {
    project.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"anon", "authenticated"})
  void aCallOfAnotherRoleIsForbidden(String role) throws Exception {
    String token = project.api().keys().roleToken(role);
    List<String> functions = project.query(CALLED);
    assertThat(functions).hasSizeGreaterThan(25);
    for (String function : functions) {
      HttpRequest request =
          HttpRequest.newBuilder(project.api().url().resolve("/rest/v1/rpc/" + function))
              .header("apikey", project.api().keys().anon())
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"request\": {\"v\": 1}}"))
              .build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as(function).isIn(401, 403);
      assertThat(response.body()).contains("42501", "permission denied for function " + function);
    }
  }

  @Test
  void eachRefusesAnotherVersion() throws SQLException {
    for (String function : project.query(CALLED)) {
      for (String request : List.of("{\"v\": 2}", "{}", "{\"v\": \"1\"}")) {
        assertThatThrownBy(
                () ->
                    project
                        .database()
                        .as("service_role", "SELECT " + function + "('" + request + "')"))
            .as(function + request)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("PT412"));
      }
    }
  }

  /** The search path of a call is that of the API, and has no other schema. */
  @Test
  void eachFindsItsTablesUnderOtherNames() throws SQLException {
    SupabaseProject other = SupabaseProject.create();
    SupabaseProject.apply(other.owner(), SchemaScripts.supabase(new TableNames("history", "my_")));
    for (String function : project.query(CALLED)) {
      String call = "SELECT history.my_" + function + "('{\"v\": 1}')";
      try {
        other.as("service_role", call);
      } catch (SQLException e) {
        // An empty request lacks values, but no function lacks a table or another function.
        assertThat(e.getSQLState()).as(call + ": " + e.getMessage()).matches("(22|23|PT|P0).*");
      }
    }
  }

  /** PostgREST repeats a serialization failure for ever, in some releases. */
  @Test
  void eachAnswersALostConflictAsUnavailable() throws SQLException {
    assertThat(
            project.query(
                "SELECT p.oid::regprocedure"
                    + FUNCTIONS
                    + "AND p.proname = ANY (ARRAY("
                    + CALLED
                    + ")) AND p.prosrc NOT LIKE"
                    + " '%EXCEPTION WHEN serialization_failure OR deadlock_detected THEN%'"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void aLostConflictIsTransientAndWritesNothing(String state) throws SQLException {
    JobStore jobs = project.rest().jobs();
    Suspension stored = suspension("a");
    jobs.suspend(stored);
    project.execute(
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN RAISE SQLSTATE '"
            + state
            + "' USING MESSAGE = 'lost against another one'; END $$");
    project.execute(
        "CREATE TRIGGER lose AFTER UPDATE ON backfill_suspensions EXECUTE FUNCTION lose()");

    assertThatThrownBy(() -> jobs.suspend(suspension("b")))
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("(PT503): lost against another one.");
    assertThat(jobs.suspensions()).containsExactly(stored);
  }

  private static Suspension suspension(String reason) {
    return new Suspension("work", reason, "ann", Instant.EPOCH, null, 1);
  }
}
