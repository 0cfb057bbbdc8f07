package dev.backfill.github.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.history.Account;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BotLoginTest {

  @ParameterizedTest
  @CsvSource({
    "198982749, copilot-swe-agent, Bot, Copilot",
    "7, copilot-swe-agent, Bot, copilot-swe-agent[bot]",
    "198982749, Copilot, Bot, Copilot",
    "49699333, dependabot, Bot, dependabot[bot]",
    "49699333, dependabot[bot], Bot, dependabot[bot]",
    "198982749, copilot-swe-agent, User, copilot-swe-agent"
  })
  void aQuerysBotHasTheLoginThatRestGivesIt(long id, String login, String type, String stored)
      throws Exception {
    String json =
        "{'author':{'databaseId':%d,'login':'%s','__typename':'%s'}}"
            .formatted(id, login, type)
            .replace('\'', '"');
    FieldPlan plan = FieldPlan.of("author.databaseId", "author.login", "author.__typename");
    assertThat(Values.of(new ObjectMapper().readTree(json), plan).actor("author"))
        .isEqualTo(new Account(id, stored, type));
  }
}
