package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A start that fails is reported by sentences for users, without a stack trace. */
class FailedStartTest {

  private static String outputOf(String... properties) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Throwable failure =
        RunningApplication.withOutput(
            output,
            () ->
                catchThrowable(
                    () -> RunningApplication.run(TestApplication.class, properties).close()));
    assertThat(failure).isNotNull();
    return output.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aMissingTable() {
    assertThat(
            outputOf(
                "spring.datasource.url=" + TestApplication.database(), "backfill.schema=validate"))
        .contains("APPLICATION FAILED TO START")
        .contains("The database has no tables of backfill")
        .contains("set backfill.schema=install, or let Flyway or Liquibase")
        .doesNotContain("\tat ");
  }

  @Test
  void aWrongProperty() {
    assertThat(
            outputOf(
                "spring.datasource.url=" + TestApplication.database(),
                "backfill.manager.parallelism=0"))
        .contains("APPLICATION FAILED TO START")
        .contains("backfill.manager.parallelism is 0; it must be a number from 1 to 100.")
        .doesNotContain("\tat ");
  }

  @Test
  void aDatabaseThatCannotBeReached() {
    assertThat(
            outputOf(
                "spring.datasource.url=jdbc:h2:tcp://127.0.0.1:1/none",
                "spring.datasource.hikari.connection-timeout=250"))
        .contains("APPLICATION FAILED TO START")
        .contains("127.0.0.1:1")
        .doesNotContain("\tat ");
  }
}
