package dev.backfill.github.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.github.GitHub;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every GraphQL query that the client sends is valid, and will be. */
@Timeout(120)
class QueriesContractTest {

  @Test
  void queriesAreValidAndUseNothingDeprecated() throws Exception {
    Map<String, String> queries =
        ClassPathFiles.find(GitHub.class, "dev/backfill/github/internal/graphql", ".graphql");
    assertThat(queries)
        .containsKeys("PullRequestNumbers.graphql", "PullRequests.graphql", "Reviews.graphql");
    assertThat(queries)
        .allSatisfy(
            (name, query) ->
                assertThat(GraphQlDescription.get().wrongWith(query)).as(name).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { viewer { logn } }                            | Field 'logn' in type 'User' is undefined
          { repository(owner: 1, name: "n") { id } }     | argument 'owner'
          { repository(owner: "o") { id } }              | Missing field argument 'name'
          { rateLimit { cost } }}                        | Invalid syntax
          """)
  void aWrongQueryIsFound(String query, String message) {
    assertThat(wrongWith(query)).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { repository(owner: "o", name: "n") { pullRequest(number: 1) { ...F } } }\
           fragment F on PullRequest { databaseId }        | field PullRequest.databaseId
          query($types: PackageType = NPM) { organization(login: "o")\
           { packages(first: 1, packageType: $types) { totalCount } } } | value PackageType.NPM
          { organization(login: "o")\
           { packages(first: 1, packageType: NPM) { totalCount } } }    | value PackageType.NPM
          """)
  void theUseOfSomethingDeprecatedIsFound(String query, String what) {
    assertThat(wrongWith(query)).contains(what + " is deprecated: ");
  }

  private static String wrongWith(String query) {
    try {
      return String.join("\n", GraphQlDescription.get().wrongWith(query));
    } catch (graphql.parser.InvalidSyntaxException e) {
      return e.getMessage();
    }
  }
}
