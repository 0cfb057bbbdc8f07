package dev.backfill.github.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The simulated GitHub's GraphQL schema is a part of GitHub's. */
@Timeout(120)
class SimulatedSchemaContractTest {

  @Test
  void whatIsSimulatedIsAsGitHubHasIt() throws Exception {
    Map<String, String> schemas =
        ClassPathFiles.find(SimulatedGitHub.class, "dev/backfill/testkit/github", ".graphqls");
    assertThat(schemas).containsOnlyKeys("schema.graphqls");
    assertThat(schemas)
        .allSatisfy((name, schema) -> assertThat(differences(schema)).as(name).isEmpty());
  }

  @Test
  void whatDiffersIsFound() {
    assertThat(
            differences(
                """
                scalar Moment
                enum OrderDirection { ASC SIDEWAYS }
                input IssueOrder { direction: OrderDirection }
                interface RateLimit { cost: Int! }
                type User implements Node & Repository { login: String email: String! nick: String }
                type Query {
                  repository(owner: String!, followRenames: Boolean, id: ID): Repository
                }
                """))
        .containsExactlyInAnyOrder(
            "type Moment is not GitHub's",
            "OrderDirection.SIDEWAYS is not GitHub's",
            "IssueOrder.direction is OrderDirection, and GitHub's is OrderDirection!",
            "IssueOrder.field is missing, and required",
            "type RateLimit is of another kind",
            "User implements Repository, and GitHub's does not",
            "User.login is String, and GitHub's is String!",
            "User.nick is not GitHub's",
            "Query.repository:followRenames = is nothing, and GitHub's is true",
            "Query.repository:id is not GitHub's",
            "Query.repository:name is missing, and required");
  }

  private static List<String> differences(String schema) {
    return new SchemaDifferences(GraphQlDescription.get().types()).find(schema);
  }
}
