package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.core.manager.BackfillManager;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/** An application without actuator, Micrometer and web on its class path. */
@Tag("bare")
class BareTest {

  @Test
  void itStartsAndTheLogNamesWhatIsLeftOut() {
    for (String absent :
        new String[] {
          "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
          "io.micrometer.core.instrument.MeterRegistry",
          "org.springframework.web.context.WebApplicationContext",
          "jakarta.servlet.Servlet"
        }) {
      assertThat(ClassUtils.isPresent(absent, null)).as(absent).isFalse();
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (ConfigurableApplicationContext context =
        RunningApplication.withOutput(
            output,
            () ->
                SpringApplication.run(
                    TestApplication.class,
                    "--spring.datasource.url=" + TestApplication.database(),
                    "--backfill.github.api-url=http://127.0.0.1:1"))) {
      assertThat(context.getBean(BackfillManager.class).isRunning()).isTrue();
    }
    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("Left out: health (no Spring Boot Actuator on the class path);")
        .contains("actuator endpoint (no Spring Boot Actuator on the class path);")
        .contains("metrics (no Micrometer on the class path).");
  }
}
