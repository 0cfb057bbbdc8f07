package dev.backfill.examples;

import static dev.backfill.github.PullRequestExtra.DETAILS;
import static dev.backfill.github.PullRequestExtra.REVIEWS;

import dev.backfill.core.manager.BackfillManager;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A manager as a Spring bean: it starts with the application and stops before the pool closes. */
public final class SpringMain {

  private SpringMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/beans", 60)).start();
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.registerBean(GitHub.class, () -> GitHub.builder().apiUrl(simulated.url()).build());
      context.register(Beans.class);
      context.refresh();
      BackfillManager manager = context.getBean(BackfillManager.class);
      manager.track("sim/beans");
      while (manager.explain("sim/beans").streams().stream()
          .noneMatch(stream -> stream.backfill().status().isCompleted())) {
        Thread.sleep(100);
      }
      System.out.print(manager.explain("sim/beans").text());
    }
  }

  /** The beans of the application. */
  @Configuration(proxyBeanMethods = false)
  static class Beans {

    @Bean(destroyMethod = "dispose")
    JdbcConnectionPool dataSource() {
      return JdbcConnectionPool.create("jdbc:h2:mem:beans", "sa", "");
    }

    // snippet: spring
    @Bean
    JdbcStore store(DataSource dataSource) {
      return JdbcStore.open(dataSource).installSchema();
    }

    @Bean(initMethod = "start")
    BackfillManager manager(JdbcStore store, GitHub github) {
      return BackfillManager.builder(store).source(github.pullRequests(DETAILS, REVIEWS)).build();
    }
    // snippet end
  }
}
