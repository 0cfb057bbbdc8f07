package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;

/** The tests run on the version of Spring Boot that their module is for. */
class VersionTest {

  @Test
  void theVersionIsTheModules() {
    assertThat(SpringBootVersion.getVersion())
        .isEqualTo(System.getProperty("backfill.test.boot-version"))
        .isNotNull();
  }
}
