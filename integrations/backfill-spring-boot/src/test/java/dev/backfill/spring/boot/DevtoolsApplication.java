package dev.backfill.spring.boot;

import dev.backfill.core.manager.BackfillManager;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application whose classes a restart class loader defines. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class DevtoolsApplication {

  /** Returns the kind of loader that has defined this class. */
  public static String startAndStop(String database) {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            DevtoolsApplication.class,
            "--server.port=0",
            "--spring.datasource.url=" + database,
            "--backfill.github.api-url=http://127.0.0.1:1")) {
      return context.getBean(BackfillManager.class).isRunning()
          ? "started by " + DevtoolsApplication.class.getClassLoader().getClass().getSimpleName()
          : "not running";
    }
  }

  @Bean
  GitHubCustomizer gitHubCustomizer() {
    return builder -> builder.pagesAhead(2);
  }
}
